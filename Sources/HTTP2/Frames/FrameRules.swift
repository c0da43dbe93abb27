import CNghttp2

/// What RFC 9113 forbids and the codec lets pass, or answers otherwise: it was made for RFC 7540, and is careful where it can't remember all
/// streams. Judged by a frame's header, before the codec is fed any of it.
struct FrameRules {
    /// The highest stream that a client has opened.
    private var last: Int32 = 0
    /// Streams below it that were left out: those are closed (RFC 9113 section 5.1.1). The last few; clients leave none out.
    private var skipped: [ClosedRange<Int32>] = []
    private static let maximumSkipped = 16
    /// The stream of a header list that has begun and is not complete, and in how many frames it has come.
    private var list: (stream: Int32, frames: Int)?
    /// The frames that a list may come in beside those that it fills.
    private static let spareFrames = 64

    /// The code of the error of the connection that a frame is; nil when it may be, or is the codec's to judge.
    ///
    /// - Parameter longest: as many bytes a header list may have that is looked at.
    mutating func fault(of frame: FrameHeader, upTo longest: Int) -> nghttp2_error_code? {
        ownFault(of: frame) ?? listFault(of: frame, upTo: longest)
    }

    /// Nothing stands within a list (section 6.10), which the codec does not see of what it is not fed, and no frame of one is too long, nor are
    /// there more than it takes, which the codec does not look at.
    private mutating func listFault(of frame: FrameHeader, upTo longest: Int) -> nghttp2_error_code? {
        let isLast = UInt32(frame.flags) & NGHTTP2_FLAG_END_HEADERS.rawValue != 0
        guard let (stream, count) = list else {
            if UInt32(frame.type) == NGHTTP2_HEADERS.rawValue, !isLast { list = (frame.stream, 1) }
            return nil
        }
        guard UInt32(frame.type) == NGHTTP2_CONTINUATION.rawValue, frame.stream == stream else {
            return NGHTTP2_PROTOCOL_ERROR
        }
        guard frame.length <= FrameHeader.longestPayload else { return NGHTTP2_FRAME_SIZE_ERROR }
        list = isLast ? nil : (stream, count + 1)
        return count < Self.spareFrames + longest / FrameHeader.longestPayload ? nil : NGHTTP2_ENHANCE_YOUR_CALM
    }

    private mutating func ownFault(of frame: FrameHeader) -> nghttp2_error_code? {
        switch UInt32(frame.type) {
        case NGHTTP2_PRIORITY.rawValue where frame.stream == 0: return NGHTTP2_PROTOCOL_ERROR
        case NGHTTP2_DATA.rawValue where Self.lacksPadding(frame): return NGHTTP2_FRAME_SIZE_ERROR
        case NGHTTP2_HEADERS.rawValue:
            if Self.lacksPadding(frame) { return NGHTTP2_FRAME_SIZE_ERROR }
            return opens(frame.stream) ? nil : NGHTTP2_PROTOCOL_ERROR
        default: return nil
        }
    }

    /// Its padding has a length, for which it has no room (section 4.2).
    private static func lacksPadding(_ frame: FrameHeader) -> Bool {
        frame.length == 0 && frame.flags & UInt8(NGHTTP2_FLAG_PADDED.rawValue) != 0
    }

    /// Whether a header list may come on a stream, as far as the order of streams goes.
    private mutating func opens(_ stream: Int32) -> Bool {
        guard stream & 1 == 1 else { return true }
        guard stream > last else { return !skipped.contains { $0.contains(stream) } }
        let next = last == 0 ? 1 : last + 2
        if stream > next {
            if skipped.count == Self.maximumSkipped { skipped.removeFirst() }
            skipped.append(next...stream - 2)
        }
        last = stream
        return true
    }
}
