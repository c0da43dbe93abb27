import Bytes
import CHiredis

/// Turns bytes as they arrive into whole replies: hiredis's reader (RESP2), bounded, owned, and without its mallocs.
///
/// The reader calls back for each piece of a reply, and the pieces are assembled here into storage that is used again,
/// so a reply costs no allocation.
@safe package struct ReplyReader: ~Copyable {
    /// What a reply may cost. hiredis itself bounds the nesting (7 arrays) and nothing else.
    package struct Limits: Sendable {
        /// The bytes of all strings of one reply, and what may be waiting for the rest of one.
        package var bytes: Int
        /// The nodes of one reply: the elements of its arrays, and the arrays.
        package var nodes: Int

        package init(bytes: Int = 1 << 20, nodes: Int = 1 << 16) {
            self.bytes = bytes
            self.nodes = nodes
        }
    }

    /// Never nil but when memory ran out; freed by `deinit`.
    private var reader: UnsafeMutablePointer<redisReader>?
    /// The reader's callbacks know it by address, so it lives as long as the reader.
    private let assembly: ReplyAssembly
    private let limits: Limits
    /// So many bytes that come next belong to a string that is not kept.
    private var overflow = 0

    /// The longest string that Redis has.
    private static let longestString = 512 << 20
    /// What stands around a string at most: its length, and the ends of two lines.
    private static let framing = 32
    /// hiredis moves what is left of its buffer with every reply or two, and makes a new one when it has grown beyond 16 KiB:
    /// so it gets a little at a time.
    private static let pieceBytes = 4 << 10

    package init(limits: Limits = Limits()) {
        self.limits = limits
        self.assembly = ReplyAssembly(limits: limits)
        unsafe self.reader = Self.makeReader(for: assembly)
    }

    private static func makeReader(for assembly: ReplyAssembly) -> UnsafeMutablePointer<redisReader>? {
        let reader = unsafe redisReaderCreateWithFunctions(ReplyAssembly.callbacks)
        unsafe reader?.pointee.privdata = Unmanaged.passUnretained(assembly).toOpaque()
        return unsafe reader
    }

    deinit {
        if let reader = unsafe reader { unsafe redisReaderFree(reader) }
    }

    /// Takes bytes as they came from the socket.
    ///
    /// - Parameter take: gets each reply that is whole by them, valid until it returns, and says whether it wants another.
    package mutating func read(_ bytes: RawSpan, each take: (RedisReply) -> Bool) throws(ReplyError) {
        var rest = bytes
        repeat {
            try feed(rest.extracting(first: Self.pieceBytes))
            rest = rest.extracting(droppingFirst: Self.pieceBytes)
            while try next() { guard take(RedisReply(assembly)) else { return } }
        } while !rest.isEmpty
    }

    private mutating func feed(_ bytes: RawSpan) throws(ReplyError) {
        let dropped = min(overflow, bytes.byteCount)
        overflow -= dropped
        let bytes = bytes.extracting(droppingFirst: dropped)
        guard !bytes.isEmpty else { return }
        let status = unsafe bytes.withUnsafeBytes { bytes in
            unsafe redisReaderFeed(reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard status == REDIS_OK else { throw .malformed }
    }

    /// True when a whole reply stands in `assembly`; false when more bytes are needed.
    private mutating func next() throws(ReplyError) -> Bool {
        guard let reader = unsafe reader else { throw .malformed }
        assembly.recycle()
        var whole: UnsafeMutableRawPointer?
        guard unsafe redisReaderGetReply(reader, &whole) == REDIS_OK else {
            throw assembly.pieces.isOverLimit ? .tooLarge : .malformed
        }
        if unsafe whole != nil {
            assembly.complete()
            return true
        }
        let waiting = unsafe reader.pointee.len - reader.pointee.pos
        if let rest = restOfOversized(waiting: waiting) {
            unsafe redisReaderFree(reader)
            unsafe self.reader = Self.makeReader(for: assembly)
            overflow = rest
            assembly.addOversized()
            return true
        }
        guard waiting <= limits.bytes + Self.framing else { throw .tooLarge }
        return false
    }

    /// When the reply that comes is a string longer than is kept: how many bytes of it are still to come.
    ///
    /// - Parameter waiting: the bytes that the reader has of it, from the string's length on.
    private func restOfOversized(waiting: Int) -> Int? {
        guard let reader = unsafe reader, unsafe reader.pointee.ridx == 0 else { return nil }
        guard unsafe reader.pointee.rstack.0.type == REDIS_REPLY_STRING, let buffer = unsafe reader.pointee.buf else {
            return nil
        }
        let bytes = unsafe RawSpan(_unsafeStart: buffer + reader.pointee.pos, byteCount: waiting)
        var (size, digits) = (0, 0)
        while digits < waiting, digits < 10, bytes[byte: digits].isDigit {
            size = size * 10 + Int(bytes[byte: digits] - UInt8(ascii: "0"))
            digits += 1
        }
        guard digits + 1 < waiting, bytes[byte: digits] == UInt8(ascii: "\r"),
            bytes[byte: digits + 1] == UInt8(ascii: "\n")
        else { return nil }
        guard size > limits.bytes, size <= Self.longestString else { return nil }
        return max(0, digits + size + 4 - waiting)
    }
}

/// Why bytes are no reply. The connection they came from can't be used any further.
package enum ReplyError: Error, CaseIterable {
    /// Not the Redis serialization protocol, version 2.
    case malformed
    /// A reply larger than is allowed.
    case tooLarge
}
