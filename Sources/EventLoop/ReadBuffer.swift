/// What all connections of a thread read into, one after another: what a connection keeps, it copies. So ten thousand idle
/// connections hold no read buffers, and the bytes of a busy thread stay in the processor's cache.
@safe package struct ReadBuffer: ~Copyable {
    /// Most requests come in one read.
    package static let capacity = 64 << 10

    package let start: UnsafeMutableRawPointer

    package init() {
        unsafe start = .allocate(byteCount: Self.capacity, alignment: 64)
    }

    deinit {
        unsafe start.deallocate()
    }

    /// The first `count` bytes, as the last read left them.
    @_lifetime(borrow self)
    package func bytes(_ count: Int) -> RawSpan {
        precondition(count >= 0 && count <= Self.capacity, "the system never reads more than there is room for")
        let span = unsafe RawSpan(_unsafeStart: start, byteCount: count)
        return unsafe _overrideLifetime(span, borrowing: self)
    }
}
