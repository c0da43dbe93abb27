import CEpoll

/// What all connections of a thread read into, one after another: what a connection keeps, it copies. So ten thousand idle
/// connections hold no read buffers, and the bytes of a busy thread stay in the processor's cache.
@usableFromInline
@safe package struct ReadBuffer: ~Copyable {
    /// Most requests come in one read.
    @inlinable
    package static var capacity: Int { 64 << 10 }

    @usableFromInline
    package let start: UnsafeMutableRawPointer

    package init() {
        unsafe start = .allocate(byteCount: Self.capacity, alignment: 64)
    }

    deinit {
        unsafe start.deallocate()
    }

    /// The first `count` bytes, as the last read left them.
    @inlinable
    @_lifetime(borrow self)
    package func bytes(first count: Int) -> RawSpan {
        precondition(count >= 0 && count <= Self.capacity, "the system never reads more than there is room for")
        let span = unsafe RawSpan(_unsafeStart: start, byteCount: count)
        return unsafe _overrideLifetime(span, borrowing: self)
    }
}

/// Answers, before they leave.
@usableFromInline
@safe package struct OutputBuffer: ~Copyable {
    @usableFromInline var start: UnsafeMutableRawPointer
    @usableFromInline var capacity: Int
    @usableFromInline
    package internal(set) var count = 0

    package init(capacity: Int) {
        self.capacity = capacity
        unsafe start = .allocate(byteCount: capacity, alignment: 64)
    }

    deinit {
        unsafe start.deallocate()
    }

    @inlinable
    @_lifetime(borrow self)
    package func bytes(in range: Range<Int>) -> RawSpan {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "output that there is not")
        let span = unsafe RawSpan(_unsafeStart: start + range.lowerBound, byteCount: range.count)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    @inlinable
    package mutating func append(_ bytes: [UInt8]) {
        append(copying: RawSpan(_elements: bytes.span))
    }

    @inlinable
    package mutating func append(copying bytes: RawSpan) {
        if bytes.byteCount > capacity - count { grow(by: bytes.byteCount) }
        unsafe bytes.withUnsafeBytes { source in
            guard let base = source.baseAddress else { return }
            unsafe (start + count).copyMemory(from: base, byteCount: source.count)
        }
        count += bytes.byteCount
    }

    package mutating func clear() {
        count = 0
    }

    @usableFromInline
    mutating func grow(by extra: Int) {
        capacity = max(capacity * 2, count + extra)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64)
        unsafe larger.copyMemory(from: start, byteCount: count)
        unsafe start.deallocate()
        unsafe start = larger
    }
}

/// The heap of the process.
package enum Heap {
    /// Gives the pages that hold nothing any more back to the system. It takes milliseconds where much was freed.
    package static func trim() {
        release_memory()
    }
}
