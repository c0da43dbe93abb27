import Bytes

/// Finds where frames end (RFC 9113 section 4.1), so that the codec is fed one at a time: at most one request is complete
/// with each. What is in a frame, and whether it may be, is the codec's to say.
///
/// A frame's header that comes in parts is kept until it is whole: the codec counts each part of a CONTINUATION's header as a frame
/// of its own, of which it takes eight (libnghttp2 with the bound of CVE-2024-28182). So nothing of a frame has been fed when its header
/// is known. To that of a WINDOW_UPDATE belongs its increment.
struct FrameBoundary {
    private static let prefaceLength = 24
    /// DATA (RFC 9113 section 6.1).
    private static let dataType: UInt8 = 0
    /// WINDOW_UPDATE (section 6.9), and the length of its payload.
    private static let windowType: UInt8 = 8
    private static let windowLength = 4

    /// Bytes of the client's preface or of a frame's payload that are still to come.
    private var left = Self.prefaceLength
    /// How many bytes of a frame's header have come, of how many, and those.
    private var headerCount = 0
    private var headerEnd = FrameHeader.byteCount
    private var header = InlineArray<13, UInt8>(repeating: 0)
    /// Whether a header has become whole with the last call of `next`.
    private(set) var hasBegun = false
    /// The payload's length, as far as the header says it.
    private var length = 0
    private var type: UInt8 = 0

    /// Whether a frame has begun and is not complete; the preface counts as one, from before its first byte.
    var isWithin: Bool { left > 0 || headerCount > 0 && headerCount < headerEnd }

    /// Whether that is a frame of a request's body.
    var isWithinBody: Bool { left > 0 && headerCount == headerEnd && type == Self.dataType }

    /// The header of the frame that has begun last.
    var frame: FrameHeader {
        let stream = (5..<9).reduce(0) { $0 << 8 | Int32($1 == 5 ? header[$1] & 0x7F : header[$1]) }
        return FrameHeader(length: length, type: header[3], flags: header[4], stream: stream)
    }

    /// Whether that is a WINDOW_UPDATE by nothing.
    var isEmptyWindow: Bool {
        headerEnd > FrameHeader.byteCount && (9..<13).allSatisfy { header[$0] & ($0 == 9 ? 0x7F : 0xFF) == 0 }
    }

    /// The bytes of a header that is fed apart from what follows.
    var headerBytes: RawSpan {
        @_lifetime(borrow self)
        get { header.span.bytes.extracting(first: headerEnd) }
    }

    /// Goes on to the end of the frame at hand, or of the bytes.
    ///
    /// - Returns: what the codec is fed of the bytes, which end there; and whether it is fed `headerBytes` before, which began earlier.
    mutating func next(in bytes: RawSpan, from start: Int) -> (hasHeader: Bool, part: Range<Int>) {
        var offset = start
        // A frame that has ended goes with the next call, so that its header is there until then.
        if left == 0, headerCount == headerEnd { (headerCount, headerEnd, length) = (0, FrameHeader.byteCount, 0) }
        let hasHeader = (1..<headerEnd).contains(headerCount)
        hasBegun = false
        while left == 0, headerCount < headerEnd, offset < bytes.byteCount {
            let byte = bytes[byte: offset]
            if headerCount < 3 { length = length << 8 | Int(byte) }
            if headerCount == 3 { type = byte }
            header[headerCount] = byte
            headerCount += 1
            offset += 1
            guard headerCount == headerEnd else { continue }
            if headerEnd == FrameHeader.byteCount, type == Self.windowType, length == Self.windowLength {
                headerEnd += Self.windowLength
                continue
            }
            left = headerEnd == FrameHeader.byteCount ? length : 0
            hasBegun = true
            break
        }
        if headerCount > 0 && headerCount < headerEnd { return (false, offset..<offset) }
        let begin = hasHeader ? offset : start
        let count = min(left, bytes.byteCount - offset)
        left -= count
        return (hasHeader, begin..<offset + count)
    }
}
