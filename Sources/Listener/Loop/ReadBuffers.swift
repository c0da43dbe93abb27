import NIOCore

/// The one buffer that all connections of an event loop read into, one after another: what a connection keeps, it copies.
/// So ten thousand idle connections hold no read buffers, and the bytes of a busy loop stay in the processor's cache.
package final class ReadBuffers {
    /// Most requests come in one read.
    static let capacity = 16 << 10
    private var spare: ByteBuffer?
    /// How many buffers had to be made, because the last one was still in use.
    package private(set) var made = 0

    func take(_ allocator: ByteBufferAllocator) -> ByteBuffer {
        if var buffer = spare.take(), buffer.modifyIfUniquelyOwned({ $0.clear() }) != nil { return buffer }
        made += 1
        return allocator.buffer(capacity: Self.capacity)
    }

    func giveBack(_ buffer: ByteBuffer) {
        guard buffer.storageCapacity >= Self.capacity else { return }
        spare = buffer
    }
}
