import Bytes
import CNghttp2

/// Reads header lists that come in several frames (RFC 9113 section 4.3), and writes them anew so that none of their strings is
/// longer than the codec takes.
///
/// libnghttp2 ends a connection for a string of more than 64 KiB on the wire. A gateway's connection is that of many clients, one of whom
/// would so end what the others wait for. In place of such a string stands another one here, and its list is refused. Of frames with a
/// whole list, which can't hold one, nothing is looked at.
package struct SplitHeaders {
    /// What became of a string of the frame that was read last.
    package enum Replaced: Sendable {
        case field, target
    }

    private static let longestString = 1 << 16
    /// The most bytes of an integer that is looked at (RFC 7541 section 5.1).
    private static let longestInteger = 6
    /// What stands for a string: plain, and too long for the table of header compression (4,096 bytes with 32 for each entry), which an
    /// entry that does not fit empties, whatever its length (RFC 7541 section 4.4).
    private static let standInLength = 4_224
    /// The places of `:path` in the static table (RFC 7541 appendix A).
    private static let targets = 4...5

    /// The stream of the list that has begun and is not complete; nil: none has.
    private var stream: Int32?
    private var header = FrameHeader(length: 0, type: 0, flags: 0, stream: 0)
    /// The payload of the frame at hand, as far as it has come.
    private var payload: [UInt8] = []
    private var bytes: [UInt8] = []

    /// An integer that is not whole.
    private var integer: [UInt8] = []
    /// How many strings of the field line at hand are to come, whether it begins with the name of a target, how many bytes of a string are,
    /// and whether something else stands for it.
    private var strings = 0
    private var isTarget = false
    private var left = 0
    private var isReplaced = false
    /// Set by an integer that is too long: the rest is the codec's to judge.
    private var isUnread = false

    /// What stands for something else in the frame that was read last; nil: all is as it came.
    package private(set) var replaced: Replaced?

    package init() {}

    var memory: Int { payload.capacity + bytes.capacity }

    /// Takes the header of a frame that may come (`FrameRules`); `isWithin` says whether it is one of a list in several, whose payload `add`
    /// takes.
    package mutating func begin(_ frame: FrameHeader) {
        if stream == nil {
            // What is longer is the codec's to say.
            let isLast = UInt32(frame.flags) & NGHTTP2_FLAG_END_HEADERS.rawValue != 0
            guard UInt32(frame.type) == NGHTTP2_HEADERS.rawValue, !isLast, frame.length <= FrameHeader.longestPayload
            else { return }
            stream = frame.stream
            (strings, left, isTarget, isReplaced, isUnread) = (0, 0, false, false, false)
            integer.removeAll(keepingCapacity: true)
        }
        (header, replaced) = (frame, nil)
        payload.removeAll(keepingCapacity: true)
    }

    /// Whether the frame at hand is one of those.
    package var isWithin: Bool { stream != nil }

    package mutating func add(_ part: RawSpan) { payload.append(copying: part) }

    /// Reads the frame at hand, whose payload has come whole.
    ///
    /// - Returns: the frames that the codec is to be fed in its place; nil: the list ends within a string that something else stands for.
    package mutating func finish() -> [UInt8]? {
        let flags = UInt32(header.flags)
        let isFirst = UInt32(header.type) == NGHTTP2_HEADERS.rawValue
        let isLast = flags & NGHTTP2_FLAG_END_HEADERS.rawValue != 0
        bytes.removeAll(keepingCapacity: true)
        var block = 0..<payload.count
        if isFirst {
            guard let found = Self.block(of: payload.span.bytes, flags) else {
                // Its padding is longer than it is.
                stream = nil
                return FrameHeader.bytes(header) + payload
            }
            block = found.block
            bytes += payload[found.priority]
        }
        read(block)
        guard isLast else { return frames(isFirst: isFirst, isLast: false) }
        bytes += integer
        let frames = isReplaced ? nil : frames(isFirst: isFirst, isLast: true)
        stream = nil
        (payload, bytes, integer) = ([], [], [])
        return frames
    }

    /// Where the fields of a HEADERS frame are, and its priority (RFC 9113 section 6.2); nil: it is malformed.
    private static func block(of payload: RawSpan, _ flags: UInt32) -> (priority: Range<Int>, block: Range<Int>)? {
        var (start, end) = (0, payload.byteCount)
        if flags & NGHTTP2_FLAG_PADDED.rawValue != 0 {
            guard end > 0 else { return nil }
            (start, end) = (1, end - Int(payload[byte: 0]))
        }
        let priority = start..<start + (flags & NGHTTP2_FLAG_PRIORITY.rawValue != 0 ? 5 : 0)
        guard priority.upperBound <= end else { return nil }
        return (priority, priority.upperBound..<end)
    }

    /// Goes on with the list's field lines (RFC 7541 section 6).
    private mutating func read(_ block: Range<Int>) {
        var offset = block.lowerBound
        while offset < block.upperBound {
            guard !isUnread, left == 0 else {
                let count = isUnread ? block.upperBound - offset : min(left, block.upperBound - offset)
                if !isReplaced { bytes += payload[offset..<offset + count] }
                (offset, left) = (offset + count, isUnread ? 0 : left - count)
                if left == 0 { isReplaced = false }
                continue
            }
            integer.append(payload[offset])
            offset += 1
            takeInteger()
        }
    }

    /// Looks at an integer, which may be whole by now.
    private mutating func takeInteger() {
        var cursor = BlockCursor(integer.span.bytes, at: 0)
        if strings == 0 {
            guard let (count, index) = cursor.nextFieldLine() else { return giveUpIfLong() }
            (strings, isTarget) = (count, count == 1 && Self.targets.contains(index))
        } else {
            guard let length = cursor.nextInteger(prefix: 7) else { return giveUpIfLong() }
            let isName = strings == 2
            strings -= 1
            (left, isReplaced) = (length, length > Self.longestString)
            if isReplaced {
                replaced = replaced ?? (isTarget ? .target : .field)
                integer = Self.standIn(isName: isName)
            }
        }
        bytes += integer
        integer.removeAll(keepingCapacity: true)
    }

    private mutating func giveUpIfLong() {
        guard integer.count >= Self.longestInteger else { return }
        isUnread = true
        bytes += integer
        integer.removeAll()
    }

    /// A name, or a value that a target may have, too.
    private static func standIn(isName: Bool) -> [UInt8] {
        let length = PlainHeaders.length(of: standInLength)
        var string = [length.0, length.1, length.2]
        string += repeatElement(UInt8(ascii: "a"), count: standInLength)
        if !isName { string[3] = UInt8(ascii: "/") }
        return string
    }

    /// Makes frames of `bytes`, as many as needed.
    private func frames(isFirst: Bool, isLast: Bool) -> [UInt8] {
        guard isFirst || isLast || !bytes.isEmpty else { return [] }
        let ends = UInt8(NGHTTP2_FLAG_END_HEADERS.rawValue)
        var frames: [UInt8] = []
        var start = 0
        repeat {
            let end = min(bytes.count, start + FrameHeader.longestPayload)
            let begins = isFirst && start == 0
            // Padding is left out.
            var flags = begins ? header.flags & ~UInt8(NGHTTP2_FLAG_PADDED.rawValue) : 0
            if isLast, end == bytes.count { flags |= ends } else { flags &= ~ends }
            let type = begins ? NGHTTP2_HEADERS.rawValue : NGHTTP2_CONTINUATION.rawValue
            frames += FrameHeader.bytes(
                FrameHeader(length: end - start, type: UInt8(type), flags: flags, stream: header.stream))
            frames += bytes[start..<end]
            start = end
        } while start < bytes.count
        return frames
    }
}
