import CHiredis
package import NIOCore

/// Turns bytes as they arrive into whole replies: hiredis's reader (RESP2), bounded, owned, and without its mallocs.
///
/// The reader calls back for each piece of a reply, and the pieces are assembled here into storage that is used again,
/// so a reply costs no allocation. Feed it what was received, then call `next()` until it says false.
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

    /// Never nil but when memory ran out; freed once, by `deinit`.
    private let reader: UnsafeMutablePointer<redisReader>?
    /// The reader's callbacks know it by address, so it lives as long as the reader.
    private let assembly: ReplyAssembly
    private let limits: Limits

    /// What stands around a string at most: its length, and the ends of two lines.
    private static let framing = 32

    package init(limits: Limits = Limits()) {
        self.limits = limits
        self.assembly = ReplyAssembly(limits: limits)
        unsafe self.reader = redisReaderCreateWithFunctions(ReplyAssembly.callbacks)
        unsafe self.reader?.pointee.privdata = Unmanaged.passUnretained(assembly).toOpaque()
    }

    deinit {
        if let reader = unsafe reader { unsafe redisReaderFree(reader) }
    }

    /// The reply that `next()` announced; valid until the next call of `next()`.
    package var reply: RedisReply { RedisReply(assembly) }

    /// Takes bytes as they came from the socket.
    package mutating func feed(_ buffer: ByteBuffer) throws(ReplyError) {
        let status = unsafe buffer.withUnsafeReadableBytes { bytes in
            unsafe redisReaderFeed(reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard status == REDIS_OK else { throw .malformed }
    }

    /// True when a whole reply stands in `reply`; false when more bytes are needed.
    package mutating func next() throws(ReplyError) -> Bool {
        guard let reader = unsafe reader else { throw .malformed }
        assembly.recycle()
        var whole: UnsafeMutableRawPointer?
        guard unsafe redisReaderGetReply(reader, &whole) == REDIS_OK else {
            throw assembly.isOverLimit ? .tooLarge : .malformed
        }
        if unsafe whole != nil {
            assembly.isWhole = true
            return true
        }
        let waiting = unsafe reader.pointee.len - reader.pointee.pos
        guard waiting <= limits.bytes + Self.framing else { throw .tooLarge }
        return false
    }
}

/// Why bytes are no reply. The connection they came from can't be used any further.
package enum ReplyError: Error, CaseIterable {
    /// Not the Redis serialization protocol, version 2.
    case malformed
    /// A reply larger than is allowed.
    case tooLarge
}
