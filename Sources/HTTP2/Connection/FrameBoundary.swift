import Bytes

/// Finds where frames end (RFC 9113 section 4.1), so that the codec is fed one at a time: at most one request is complete
/// with each. What is in a frame, and whether it may be, is the codec's to say.
///
/// A frame's header that comes in parts is kept until it is whole: the codec counts each part of a CONTINUATION's header as a frame
/// of its own, of which it takes eight (libnghttp2 with the bound of CVE-2024-28182).
struct FrameBoundary {
    private static let prefaceLength = 24
    private static let headerLength = 9
    /// DATA (RFC 9113 section 6.1).
    private static let dataType: UInt8 = 0

    /// Bytes of the client's preface or of a frame's payload that are still to come.
    private var left = Self.prefaceLength
    /// How many bytes of a frame's header have come, and those.
    private var headerCount = 0
    private(set) var header = InlineArray<9, UInt8>(repeating: 0)
    /// The payload's length, as far as the header says it.
    private var length = 0
    private var type: UInt8 = 0

    /// Whether a frame has begun and is not complete; the preface counts as one, from before its first byte.
    var isWithin: Bool { left > 0 || headerCount > 0 }

    /// Whether that is a frame of a request's body.
    var isWithinBody: Bool { left > 0 && headerCount == Self.headerLength && type == Self.dataType }

    /// Goes on to the end of the frame at hand, or of the bytes.
    ///
    /// - Returns: what the codec is fed of the bytes, which end there; and whether it is fed `header` before, which began earlier.
    mutating func next(in bytes: RawSpan, from start: Int) -> (hasHeader: Bool, part: Range<Int>) {
        var offset = start
        let hasHeader = (1..<Self.headerLength).contains(headerCount)
        while left == 0, headerCount < Self.headerLength, offset < bytes.byteCount {
            let byte = bytes[byte: offset]
            if headerCount < 3 { length = length << 8 | Int(byte) }
            if headerCount == 3 { type = byte }
            header[headerCount] = byte
            headerCount += 1
            offset += 1
            if headerCount == Self.headerLength { left = length }
        }
        if headerCount > 0 && headerCount < Self.headerLength { return (false, offset..<offset) }
        let begin = hasHeader ? offset : start
        let count = min(left, bytes.byteCount - offset)
        left -= count
        if left == 0 { (headerCount, length) = (0, 0) }
        return (hasHeader, begin..<offset + count)
    }
}
