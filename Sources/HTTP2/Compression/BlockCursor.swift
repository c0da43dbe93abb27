import Bytes

/// Goes through a header block (RFC 7541 section 6) without knowing what its indices stand for.
struct BlockCursor: ~Escapable {
    private let bytes: RawSpan
    private(set) var offset: Int

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, at offset: Int) { (self.bytes, self.offset) = (bytes, offset) }

    var isAtEnd: Bool { offset >= bytes.byteCount }

    /// Goes over what a field line, or a change of the table's size, begins with.
    ///
    /// - Returns: how many strings follow; nil: it is malformed.
    mutating func nextRepresentation() -> Int? { nextFieldLine()?.strings }

    /// The same, with the index that it has: of a name, where one string follows.
    mutating func nextFieldLine() -> (strings: Int, index: Int)? {
        guard offset < bytes.byteCount else { return nil }
        // By the highest bit that is set: indexed; a literal to be indexed; a size; a literal.
        let prefix = 7 - max(0, min(3, bytes[byte: offset].leadingZeroBitCount))
        guard let index = nextInteger(prefix: prefix) else { return nil }
        let isLiteral = prefix == 6 || prefix == 4
        return (isLiteral ? index == 0 ? 2 : 1 : 0, index)
    }

    /// Goes over a string (section 5.2).
    ///
    /// - Returns: where it is, and whether by the Huffman code; nil: it is malformed.
    mutating func nextString() -> (string: Range<Int>, isCoded: Bool)? {
        guard offset < bytes.byteCount else { return nil }
        let isCoded = bytes[byte: offset] & 0x80 != 0
        guard let length = nextInteger(prefix: 7), length <= bytes.byteCount - offset else { return nil }
        let string = offset..<offset + length
        offset = string.upperBound
        return (string, isCoded)
    }

    /// Goes over an integer (section 5.1). Nil: it is malformed, or greater than any that may be.
    mutating func nextInteger(prefix: Int) -> Int? {
        let mask = 1 << prefix - 1
        var value = Int(bytes[byte: offset]) & mask
        offset += 1
        guard value == mask else { return value }
        for shift in stride(from: 0, to: 35, by: 7) {
            guard offset < bytes.byteCount else { return nil }
            let byte = Int(bytes[byte: offset])
            offset += 1
            value += (byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }
}
