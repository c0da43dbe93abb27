/// Reads a message's fields one after another, in the binary format of Protocol Buffers, as its own implementations do: what is no
/// field is an error, and nothing is read beyond the message. A field of a number that nobody asks for is skipped, and so is one
/// of another wire type than its number has.
@usableFromInline
package struct MessageReader {
    /// A field, as the wire has it.
    @usableFromInline
    package struct Field {
        @usableFromInline package let number: UInt64
        @usableFromInline package let value: Value

        @inlinable
        init(number: UInt64, value: Value) {
            (self.number, self.value) = (number, value)
        }

        /// Where the bytes of a length-delimited value stand; nil for the other wire types.
        @inlinable package var bytes: Range<Int>? { if case .bytes(let place) = value { place } else { nil } }
    }

    /// A value, of those wire types that anybody asks for.
    @usableFromInline
    package enum Value {
        case varint(UInt64)
        case bytes(Range<Int>)
        case other
    }

    /// As deep as implementations go.
    @inlinable static var maximumDepth: Int { 100 }

    @usableFromInline var offset: Int
    @usableFromInline let end: Int

    /// - Parameter range: where the message stands.
    @inlinable
    package init(at range: Range<Int>) {
        (offset, end) = (range.lowerBound, range.upperBound)
    }

    /// The next field; nil at the message's end.
    @inlinable
    package mutating func next(in bytes: RawSpan) throws(MalformedMessage) -> Field? {
        guard offset < end else { return nil }
        let (number, type) = try tag(in: bytes)
        return Field(number: number, value: try skip(type, of: number, in: bytes, depth: 0))
    }

    /// The next field of a number that holds a message or bytes; nil at the message's end.
    @inlinable
    package mutating func next(_ number: UInt64, in bytes: RawSpan) throws(MalformedMessage) -> Range<Int>? {
        while let field = try next(in: bytes) {
            if field.number == number, let place = field.bytes { return place }
        }
        return nil
    }

    @inlinable
    mutating func tag(in bytes: RawSpan) throws(MalformedMessage) -> (number: UInt64, type: UInt64) {
        // It is a number of 32 bits, for which five groups are all that is read.
        let tag = try varint(in: bytes, groups: 5)
        guard tag >> 3 > 0, tag < UInt64(UInt32.max) else { throw MalformedMessage() }
        return (tag >> 3, tag & 7)
    }

    /// Goes behind a value.
    @inlinable
    mutating func skip(
        _ type: UInt64, of number: UInt64, in bytes: RawSpan, depth: Int
    ) throws(MalformedMessage) -> Value {
        switch type {
        case 0: return .varint(try varint(in: bytes))
        case 1: try skip(8)
        case 2:
            let length = try varint(in: bytes)
            let start = offset
            try skip(length)
            return .bytes(start..<offset)
        case 3: try skipGroup(number, in: bytes, depth: depth + 1)
        case 5: try skip(4)
        default: throw MalformedMessage()
        }
        return .other
    }

    @inlinable
    mutating func skip(_ count: UInt64) throws(MalformedMessage) {
        guard count <= UInt64(end - offset) else { throw MalformedMessage() }
        offset += Int(count)
    }

    /// Goes behind the end of a group.
    @inlinable
    mutating func skipGroup(_ group: UInt64, in bytes: RawSpan, depth: Int) throws(MalformedMessage) {
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
    @inlinable
    mutating func varint(in bytes: RawSpan, groups: Int = 10) throws(MalformedMessage) -> UInt64 {
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
@usableFromInline
package struct MalformedMessage: Error, Hashable {
    @inlinable package init() {}
}

extension [UInt8] {
    /// A number in groups of seven bits, as few as it needs.
    package mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}
