import NIOCore

/// The one buffer that all connections of an event loop read into, one after another: what a connection keeps, it copies.
/// So ten thousand idle connections hold no read buffers, and the bytes of a busy loop stay in the cache.
final class ReadBuffers {
    /// Most requests come in one read.
    static let capacity = 16 << 10
    private var spare: ByteBuffer?

    func take(_ allocator: ByteBufferAllocator) -> ByteBuffer {
        guard var buffer = spare.take() else { return allocator.buffer(capacity: Self.capacity) }
        buffer.clear()
        return buffer
    }

    func giveBack(_ buffer: ByteBuffer) {
        guard buffer.storageCapacity >= Self.capacity else { return }
        spare = buffer
    }
}
