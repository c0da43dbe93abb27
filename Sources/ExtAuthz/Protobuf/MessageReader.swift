import Bytes

/// Reads a message's fields one after another, in the binary format of Protocol Buffers, as its own implementations do: what is no
/// field is an error, and nothing is read beyond the message. A field of a number that nobody asks for is skipped, and so is one
/// of another wire type than its number has.
struct MessageReader {
    /// A field, as the wire has it.
    struct Field {
        let number: UInt64
        /// Where the bytes of a length-delimited value stand; nil for the other wire types.
        let bytes: Range<Int>?
    }

    /// As deep as implementations go.
    private static let maximumDepth = 100

    private var offset: Int
    private let end: Int

    /// - Parameter range: where the message stands.
    init(at range: Range<Int>) {
        (offset, end) = (range.lowerBound, range.upperBound)
    }

    /// The next field; nil at the message's end.
    mutating func next(in bytes: RawSpan) throws(MalformedMessage) -> Field? {
        guard offset < end else { return nil }
        let (number, type) = try tag(in: bytes)
        return Field(number: number, bytes: try skip(type, of: number, in: bytes, depth: 0))
    }

    /// The next field of a number that holds a message or bytes; nil at the message's end.
    mutating func next(_ number: UInt64, in bytes: RawSpan) throws(MalformedMessage) -> Range<Int>? {
        while let field = try next(in: bytes) {
            if field.number == number, let place = field.bytes { return place }
        }
        return nil
    }

    private mutating func tag(in bytes: RawSpan) throws(MalformedMessage) -> (number: UInt64, type: UInt64) {
        // It is a number of 32 bits, for which five groups are all that is read.
        let tag = try varint(in: bytes, groups: 5)
        guard tag >> 3 > 0, tag < UInt64(UInt32.max) else { throw MalformedMessage() }
        return (tag >> 3, tag & 7)
    }

    /// Goes behind a value.
    private mutating func skip(
        _ type: UInt64, of number: UInt64, in bytes: RawSpan, depth: Int
    ) throws(MalformedMessage) -> Range<Int>? {
        switch type {
        case 0: _ = try varint(in: bytes)
        case 1: try skip(8)
        case 2:
            let length = try varint(in: bytes)
            let start = offset
            try skip(length)
            return start..<offset
        case 3: try skipGroup(number, in: bytes, depth: depth + 1)
        case 5: try skip(4)
        default: throw MalformedMessage()
        }
        return nil
    }

    private mutating func skip(_ count: UInt64) throws(MalformedMessage) {
        guard count <= UInt64(end - offset) else { throw MalformedMessage() }
        offset += Int(count)
    }

    /// Goes behind the end of a group.
    private mutating func skipGroup(_ group: UInt64, in bytes: RawSpan, depth: Int) throws(MalformedMessage) {
        guard depth <= Self.maximumDepth else { throw MalformedMessage() }
        while true {
            let (number, type) = try tag(in: bytes)
            if type == 4 {
                guard number == group else { throw MalformedMessage() }
                return
            }
            _ = try skip(type, of: number, in: bytes, depth: depth)
        }
    }

    /// A number in groups of seven bits, at most ten of them. What the tenth has beyond 64 bits is dropped, and a number may have more
    /// groups than it needs.
    private mutating func varint(in bytes: RawSpan, groups: Int = 10) throws(MalformedMessage) -> UInt64 {
        var value: UInt64 = 0
        for place in 0..<groups {
            guard offset < end else { throw MalformedMessage() }
            let byte = bytes[byte: offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << UInt64(7 * place)
            if byte < 0x80 { return value }
        }
        throw MalformedMessage()
    }
}

/// Bytes that are no message of the kind that they should be.
package struct MalformedMessage: Error, Hashable {
    package init() {}
}
