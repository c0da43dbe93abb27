import Glibc

/// A connection's socket: closed when it is gone, and not before.
package struct Socket: ~Copyable {
    package enum Receipt: Equatable {
        case bytes(Int)
        /// The other side sends no more.
        case end
        /// Nothing has come.
        case nothing
        case failed
    }

    package let descriptor: CInt

    /// - Parameter descriptor: not blocking; owned from here on.
    package init(owning descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Reads what has come, at most what the buffer takes.
    @inline(__always)
    package func receive(into buffer: borrowing ReadBuffer) -> Receipt {
        let count = unsafe recv(descriptor, buffer.start, ReadBuffer.capacity, 0)
        if count > 0 { return .bytes(count) }
        if count == 0 { return .end }
        return errno == EAGAIN || errno == EINTR ? .nothing : .failed
    }

    /// Sends bytes.
    ///
    /// - Returns: how many the system took; nil when it takes none any more.
    @inline(__always)
    package func send(_ bytes: RawSpan) -> Int? {
        let count = unsafe bytes.withUnsafeBytes {
            unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
        }
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? 0 : nil
    }

    /// Says that no more will be sent.
    package func closeOutput() {
        _ = shutdown(descriptor, CInt(SHUT_WR))
    }
}
