import Bytes
import CNghttp2

/// Rewrites HEADERS frames so that their long strings are plain, which is the same to whoever reads them (RFC 7541 section 5.2).
///
/// libnghttp2 decodes the Huffman code four bits at a time, which for a token takes it longer than all the rest of a request takes
/// anybody. A gateway sends the token of each request so: as a secret it stays out of its table. What this can't rewrite it
/// leaves as it is: nothing is judged here.
package struct PlainHeaders {
    /// Strings that take at least so many bytes are rewritten: no code that is known has more than eight bits, so the length of
    /// what they stand for takes three bytes, never less (section 5.1).
    private static let shortest = 255
    private static let lengthBytes = 3
    private static let longest = 0x7F + (1 << 14) - 1

    private let code = HuffmanCode.shared
    private var bytes: [UInt8] = []

    package init() {}

    /// Takes a frame.
    ///
    /// - Parameter frame: all of it, with its header.
    /// - Returns: whether `rewritten` is to be read in its place.
    package mutating func rewrite(_ frame: RawSpan, _ header: FrameHeader) -> Bool {
        let flags = UInt32(header.flags)
        guard header.type == UInt8(NGHTTP2_HEADERS.rawValue),
            (Self.shortest...FrameHeader.longestPayload).contains(header.length),
            frame.byteCount == FrameHeader.byteCount + header.length, flags & NGHTTP2_FLAG_END_HEADERS.rawValue != 0,
            flags & NGHTTP2_FLAG_PADDED.rawValue == 0
        else { return false }
        bytes.removeAll(keepingCapacity: bytes.capacity <= 8 << 10)
        let hasPriority = flags & NGHTTP2_FLAG_PRIORITY.rawValue != 0
        guard let end = rewriteBlock(of: frame, from: FrameHeader.byteCount + (hasPriority ? 5 : 0)) else {
            return false
        }
        bytes.append(copying: frame.extracting(end..<frame.byteCount))
        let length = bytes.count - FrameHeader.byteCount
        guard length <= FrameHeader.longestPayload else { return false }
        for index in 0..<3 { bytes[index] = UInt8(truncatingIfNeeded: length >> (16 - 8 * index)) }
        return true
    }

    /// What the last frame was rewritten to.
    package var rewritten: RawSpan {
        @_lifetime(borrow self)
        get { bytes.span.bytes }
    }

    var memory: Int { bytes.capacity }

    /// Goes through the representations of a header block (RFC 7541 section 6).
    ///
    /// - Returns: up to where the frame was taken over; nil: nothing was rewritten, or there is something that can't be.
    private mutating func rewriteBlock(of frame: RawSpan, from start: Int) -> Int? {
        var (cursor, taken) = (BlockCursor(frame, at: start), 0)
        while !cursor.isAtEnd {
            guard let strings = cursor.nextRepresentation() else { return nil }
            for _ in 0..<strings {
                let start = cursor.offset
                guard let (string, isCoded) = cursor.nextString() else { return nil }
                guard isCoded, string.count >= Self.shortest else { continue }
                bytes.append(copying: frame.extracting(taken..<start))
                guard append(decoding: frame.extracting(string)) else { return nil }
                taken = string.upperBound
            }
        }
        return taken > 0 ? taken : nil
    }

    /// Appends a string that is plain: a length and its characters.
    private mutating func append(decoding string: RawSpan) -> Bool {
        let start = bytes.count + Self.lengthBytes
        bytes.append(contentsOf: repeatElement(0, count: Self.lengthBytes + HuffmanCode.room(for: string.byteCount)))
        guard let end = code.decode(string, into: &bytes, at: start) else { return false }
        guard end - start <= Self.longest else { return false }
        (bytes[start - 3], bytes[start - 2], bytes[start - 1]) = Self.length(of: end - start)
        bytes.removeLast(bytes.count - end)
        return true
    }

    /// The three bytes of a plain string's length, which is 255 to 16,510 (RFC 7541 section 5.1).
    static func length(of count: Int) -> (UInt8, UInt8, UInt8) {
        let rest = count - 0x7F
        return (0x7F, UInt8(rest & 0x7F) | 0x80, UInt8(rest >> 7))
    }
}
