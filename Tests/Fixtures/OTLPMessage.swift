import Bytes

/// A message in the binary format of Protocol Buffers, read as strictly as it may be written: each number in its shortest form, each field
/// known and of its kind, none twice that may be there once.
package struct OTLPMessage {
    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    /// What a field of a message may be.
    package enum Kind: Equatable {
        case number, fixed64, fixed32, bytes
        case many
    }

    enum Value: Equatable {
        case number(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case bytes([UInt8])
    }

    private var fields: [(number: UInt64, value: Value)] = []
    private let name: String

    /// - Parameter kinds: which fields there may be.
    init(_ name: String, _ bytes: [UInt8], _ kinds: [UInt64: Kind]) throws {
        self.name = name
        var rest = bytes[...]
        while !rest.isEmpty {
            let tag = try Self.varint(&rest, in: name)
            let number = tag >> 3
            guard let kind = kinds[number] else { throw Fault(description: "\(name) has no field \(number)") }
            let value = try Self.value(wire: tag & 7, &rest, in: name)
            guard Self.fits(value, kind) else { throw Fault(description: "\(name).\(number) is of another kind") }
            if kind != .many, fields.contains(where: { $0.number == number }) {
                throw Fault(description: "\(name).\(number) is there twice")
            }
            fields.append((number, value))
        }
    }

    private static func fits(_ value: Value, _ kind: Kind) -> Bool {
        switch (value, kind) {
        case (.number, .number), (.fixed64, .fixed64), (.fixed32, .fixed32), (.bytes, .bytes), (.bytes, .many): true
        default: false
        }
    }

    private static func value(wire: UInt64, _ rest: inout ArraySlice<UInt8>, in name: String) throws -> Value {
        switch wire {
        case 0: return .number(try varint(&rest, in: name))
        case 1: return .fixed64(try take(8, &rest, in: name).reversed().reduce(0) { $0 << 8 | UInt64($1) })
        case 2: return .bytes(Array(try take(Int(clamping: try varint(&rest, in: name)), &rest, in: name)))
        case 5: return .fixed32(try take(4, &rest, in: name).reversed().reduce(0) { $0 << 8 | UInt32($1) })
        default: throw Fault(description: "\(name) has a field of wire type \(wire)")
        }
    }

    private static func take(_ count: Int, _ rest: inout ArraySlice<UInt8>, in name: String) throws -> ArraySlice<UInt8>
    {
        guard count <= rest.count else { throw Fault(description: "\(name) ends within a field") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>, in name: String) throws -> UInt64 {
        var (value, shift) = (UInt64(0), UInt64(0))
        while let byte = rest.popFirst() {
            guard shift < 63 || byte <= 1 else { throw Fault(description: "\(name) has a number of more than 64 bits") }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 {
                guard byte != 0 || shift == 0 else {
                    throw Fault(description: "\(name) has a number with a zero in front")
                }
                return value
            }
            shift += 7
        }
        throw Fault(description: "\(name) ends within a number")
    }

    func number(_ number: UInt64) -> UInt64? {
        fields.first { $0.number == number }.flatMap { if case .number(let value) = $0.value { value } else { nil } }
    }

    func fixed64(_ number: UInt64) -> UInt64? {
        fields.first { $0.number == number }.flatMap { if case .fixed64(let value) = $0.value { value } else { nil } }
    }

    func fixed32(_ number: UInt64) -> UInt32? {
        fields.first { $0.number == number }.flatMap { if case .fixed32(let value) = $0.value { value } else { nil } }
    }

    func all(_ number: UInt64) -> [[UInt8]] {
        fields.filter { $0.number == number }
            .compactMap { if case .bytes(let value) = $0.value { value } else { nil } }
    }

    func bytes(_ number: UInt64) -> [UInt8]? { all(number).first }

    /// A text, which has to be UTF-8.
    func text(_ number: UInt64) throws -> String? {
        try bytes(number).map { bytes in
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Fault(description: "\(name).\(number) is not UTF-8")
            }
            return text
        }
    }

    /// A field that has to be there.
    func needed<Wanted>(_ value: Wanted?, _ field: String) throws -> Wanted {
        guard let value else { throw Fault(description: "\(name) has no \(field)") }
        return value
    }
}
