/// Messages of Protocol Buffers, written by hand: another writer than the one that is tested.
package enum CheckMessages {
    package static func varint(_ number: Int) -> [UInt8] {
        number < 0x80 ? [UInt8(number)] : [UInt8(number & 0x7F) | 0x80] + varint(number >> 7)
    }

    package static func field(_ number: Int, _ value: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(value.count) + value
    }

    package static func field(_ number: Int, _ value: String) -> [UInt8] { field(number, Array(value.utf8)) }

    package static func field(_ number: Int, number value: Int) -> [UInt8] { varint(number << 3) + varint(value) }

    package enum Shape: CaseIterable, Sendable {
        /// A map, in which lines of one name are joined by commas.
        case map
        case list
        /// Values stand in `value`, as a client that is not Envoy may write them.
        case textList
    }

    /// A `CheckRequest`, with what Envoy says beside what is read.
    package static func request(
        _ headers: [(String, String)], shape: Shape = .map, method: String = "GET", path: String = "/x?y",
        extensions: [(String, String)] = []
    ) -> [UInt8] {
        var http = field(1, "17") + field(2, method) + field(4, path) + field(5, "a.example") + field(6, "http")
        http += field(9, number: -1 & 0x7FFF_FFFF) + field(10, "HTTP/1.1")
        switch shape {
        case .map: for (name, value) in headers { http += field(3, field(1, name) + field(2, value)) }
        case .list, .textList:
            http += field(
                13, headers.flatMap { field(1, field(1, $0) + field(shape == .list ? 3 : 2, $1)) })
        }
        let time = field(1, field(1, number: 1_795_000_000) + field(2, number: 5))
        let source = field(1, field(1, field(1, field(2, "127.0.0.1") + field(3, number: 4_711))))
        return field(
            1,
            source + field(4, time + field(2, http))
                + extensions.flatMap { field(10, field(1, $0) + field(2, $1)) })
    }

    /// A message as a tree: its fields in order, a field that may be a message as one.
    package static func parse(_ bytes: some Collection<UInt8>) -> [(number: Int, value: [UInt8], varint: Int)] {
        var (rest, fields) = (Array(bytes)[...], [(Int, [UInt8], Int)]())
        func number() -> Int {
            var (value, shift) = (0, 0)
            while let byte = rest.popFirst() {
                value |= Int(byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 { break }
            }
            return value
        }
        while !rest.isEmpty {
            let tag = number()
            if tag & 7 == 0 {
                fields.append((tag >> 3, [], number()))
            } else {
                let length = number()
                fields.append((tag >> 3, Array(rest.prefix(length)), 0))
                rest = rest.dropFirst(length)
            }
        }
        return fields
    }

    /// A `CheckResponse` in words, a line for each thing that it says.
    package static func words(of response: [UInt8]) -> [String] {
        parse(response).flatMap { field -> [String] in
            switch field.number {
            case 1: ["code \(parse(field.value).first?.varint ?? 0)"]
            case 2: ["denied"] + parse(field.value).map { part in words(part, isDenied: true) }
            case 3: ["ok"] + parse(field.value).map { part in words(part, isDenied: false) }
            default: ["field \(field.number)"]
            }
        }
    }

    private static func words(_ part: (number: Int, value: [UInt8], varint: Int), isDenied: Bool) -> String {
        func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
        switch part.number {
        case 1 where isDenied: return "status \(parse(part.value)[0].varint)"
        case 2, 6:
            let option = parse(part.value)
            let header = parse(option[0].value)
            // What is not written is `APPEND_IF_EXISTS_OR_ADD`.
            let action = [0: "+=", 2: "="][option.count > 1 ? option[1].varint : 0] ?? "?"
            let place = part.number == 6 ? "client " : ""
            return "\(place)\(text(header[0].value))\(action)\(text(header[1].value))"
        case 5: return "remove \(text(part.value))"
        default: return "field \(part.number)"
        }
    }
}
