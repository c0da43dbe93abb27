/// What a client would rather have, with weights: `Accept` and `Accept-Encoding` (RFC 9110 sections 12.5.1 and 12.5.3). What can't be read
/// is left out, alone.
package struct Preferences: Sendable {
    package struct Item: Hashable, Sendable {
        /// In lower case.
        package var name: String
        /// Names in lower case, without the weight; values without their quotes.
        package var parameters: [String: String]
        /// In thousandths, from 0 (not wanted) to 1,000.
        package var weight: Int
    }

    /// So many are looked at; nobody has so many.
    package static let maximumItems = 64
    private static let maximumParameters = 16

    package let items: [Item]

    package init(_ field: String) {
        var items: [Item] = []
        for text in Self.split(field.utf8[...], at: UInt8(ascii: ","), most: Self.maximumItems) {
            if let item = Item(text) { items.append(item) }
        }
        self.items = items
    }

    /// How much it is wanted that is called so; nil when it is not named. When it is named twice, the most.
    package func weight(of name: String) -> Int? {
        items.filter { $0.name == name }.map(\.weight).max()
    }

    /// Whether a content coding is wanted, and no less than none at all.
    package func wants(coding name: String) -> Bool {
        let weight = weight(of: name) ?? self.weight(of: "*") ?? 0
        return weight > 0 && weight >= self.weight(of: "identity") ?? 0
    }

    /// The parts of a text between separators that stand in no quotes (RFC 9110 section 5.6.4).
    fileprivate static func split(
        _ text: Substring.UTF8View, at separator: UInt8, most: Int
    ) -> [Substring.UTF8View] {
        var (parts, start, isQuoted, isEscaped) = ([Substring.UTF8View](), text.startIndex, false, false)
        for index in text.indices {
            let byte = text[index]
            if isEscaped {
                isEscaped = false
            } else if isQuoted, byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if byte == separator, !isQuoted {
                parts.append(text[start..<index])
                guard parts.count < most else { return parts }
                start = text.index(after: index)
            }
        }
        return parts + [text[start...]]
    }

    fileprivate static func parameters(of parts: ArraySlice<Substring.UTF8View>) -> [(name: String, value: String)] {
        parts.prefix(maximumParameters).compactMap { part in
            let pair = split(part, at: UInt8(ascii: "="), most: 2)
            guard pair.count == 2, let name = String(pair[0])?.trimmed.lowercased(),
                let value = String(pair[1])?.trimmed
            else { return nil }
            return (name, value.unquoted)
        }
    }
}

extension Preferences.Item {
    /// Nil when it has no name, or a weight that is none.
    fileprivate init?(_ text: Substring.UTF8View) {
        let parts = Preferences.split(text, at: UInt8(ascii: ";"), most: 64)
        guard let name = parts.first.flatMap({ String($0) })?.trimmed.lowercased(), !name.isEmpty else { return nil }
        (self.name, parameters, weight) = (name, [:], 1_000)
        for (name, value) in Preferences.parameters(of: parts.dropFirst()) {
            if name == "q" {
                guard let read = Self.weight(value) else { return nil }
                weight = read
            } else {
                parameters[name] = value
            }
        }
    }

    /// `0`, `0.5`, `1.000` (RFC 9110 section 12.4.2): at most three decimals, and nothing above one.
    private static func weight(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, bytes.count <= 5, bytes.count == 1 || bytes[1] == UInt8(ascii: ".") else {
            return nil
        }
        let digits = [first] + bytes.dropFirst(2)
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        let value = (digits + Array(repeating: UInt8(ascii: "0"), count: 4 - digits.count))
            .reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        return value <= 1_000 ? value : nil
    }
}

extension String {
    /// Without spaces and tabs around it.
    fileprivate var trimmed: String {
        let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let start = utf8.drop(while: isSpace)
        let end = start.lastIndex { !isSpace($0) }.map { start.index(after: $0) } ?? start.startIndex
        return String(start[..<end]) ?? ""
    }

    /// What a quoted text stands for.
    fileprivate var unquoted: String {
        guard utf8.count >= 2, hasPrefix("\""), hasSuffix("\"") else { return self }
        var (bytes, isEscaped) = ([UInt8](), false)
        for byte in utf8.dropFirst().dropLast() {
            if !isEscaped, byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                bytes.append(byte)
                isEscaped = false
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
