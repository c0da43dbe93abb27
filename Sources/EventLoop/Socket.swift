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
    package func send(_ bytes: RawSpan) -> Int? { Self.send(bytes, on: descriptor) }

    /// The same for a socket that is known by its descriptor.
    @inline(__always)
    package static func send(_ bytes: RawSpan, on descriptor: CInt) -> Int? {
        let count = unsafe bytes.withUnsafeBytes {
            unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
        }
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? 0 : nil
    }

    /// What came of an attempt to connect.
    package enum Connecting: ~Copyable {
        case connected(Socket)
        /// It is on its way: the socket becomes writable when it has come to an end, which `connectionError` tells.
        case pending(Socket)
        /// With the system's error number.
        case failed(CInt)
    }

    /// Connects without blocking.
    package static func connect(to address: SocketAddress) -> Connecting {
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { return .failed(errno) }
        let socket = Socket(owning: descriptor)
        if case .unix = address {} else { socket.watchSilence() }
        if unsafe address.withSystemAddress(do: { unsafe Glibc.connect(descriptor, $0, $1) }) == 0 {
            return .connected(socket)
        }
        // A Unix socket whose listener's queue is full says EAGAIN, and no event comes of it: that is a failure.
        return errno == EINPROGRESS ? .pending(socket) : .failed(errno)
    }

    /// The error number of an attempt to connect that has come to an end; 0 when it is connected.
    package var connectionError: CInt {
        var code: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        return unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 ? code : errno
    }

    /// A TCP connection whose other end is gone without a word is noticed after this, in seconds: when it is silent, and when
    /// what was sent is not acknowledged.
    private static let patience: CInt = 10

    private func watchSilence() {
        set(SO_KEEPALIVE, to: 1, at: SOL_SOCKET)
        let tcp = CInt(IPPROTO_TCP)
        set(TCP_NODELAY, to: 1, at: tcp)
        set(TCP_KEEPIDLE, to: Self.patience / 2, at: tcp)
        set(TCP_KEEPINTVL, to: 1, at: tcp)
        set(TCP_KEEPCNT, to: Self.patience / 2, at: tcp)
        set(TCP_USER_TIMEOUT, to: Self.patience * 1000, at: tcp)
    }

    private func set(_ option: CInt, to value: CInt, at level: CInt) {
        var value = value
        _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
    }

    /// Says that no more will be sent.
    package func closeOutput() {
        _ = shutdown(descriptor, CInt(SHUT_WR))
    }
}
