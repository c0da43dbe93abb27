import NIOCore

/// Gives a channel its loop's read buffer.
///
/// NIO keeps the first buffer that it gets for the channel's whole life; so that one is small. After it, because
/// `record` says each time that the next buffer may be larger, NIO asks anew for each read and keeps nothing. Were that to
/// change, reads would cost memory or an allocation, and nothing else.
struct ReadBufferAllocator: RecvByteBufferAllocator {
    /// What most heads fit in.
    private static let firstCapacity = 2 << 10
    private let buffers: NIOLoopBound<ReadBuffers>
    private var isFirst = true

    init(_ buffers: ReadBuffers, eventLoop: any EventLoop) {
        self.buffers = NIOLoopBound(buffers, eventLoop: eventLoop)
    }

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        isFirst ? allocator.buffer(capacity: Self.firstCapacity) : buffers.value.take(allocator)
    }

    mutating func record(actualReadBytes: Int) -> Bool {
        isFirst = false
        return true
    }
}
