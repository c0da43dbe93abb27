import Bytes

/// Finds where frames end (RFC 9113 section 4.1), so that the codec is fed one at a time: at most one request is complete
/// with each. What is in a frame, and whether it may be, is the codec's to say.
struct FrameBoundary {
    private static let prefaceLength = 24
    private static let headerLength = 9
    /// DATA (RFC 9113 section 6.1).
    private static let dataType: UInt8 = 0

    /// Bytes of the client's preface or of a frame's payload that are still to come.
    private var left = Self.prefaceLength
    /// How many bytes of a frame's header have come.
    private var headerCount = 0
    /// The payload's length, as far as the header says it.
    private var length = 0
    private var type: UInt8 = 0

    /// Whether a frame has begun and is not complete; the preface counts as one, from before its first byte.
    var isWithin: Bool { left > 0 || headerCount > 0 }

    /// Whether that is a frame of a request's body.
    var isWithinBody: Bool { left > 0 && headerCount == Self.headerLength && type == Self.dataType }

    /// Goes on to the end of the frame at hand, or of the bytes.
    ///
    /// - Returns: where that is.
    mutating func end(in bytes: RawSpan, from start: Int) -> Int {
        var offset = start
        while left == 0, headerCount < Self.headerLength, offset < bytes.byteCount {
            let byte = bytes[byte: offset]
            if headerCount < 3 { length = length << 8 | Int(byte) }
            if headerCount == 3 { type = byte }
            headerCount += 1
            offset += 1
            if headerCount == Self.headerLength { left = length }
        }
        if headerCount > 0 && headerCount < Self.headerLength { return offset }
        let count = min(left, bytes.byteCount - offset)
        left -= count
        if left == 0 { (headerCount, length) = (0, 0) }
        return offset + count
    }
}
