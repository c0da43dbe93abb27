import EventLoop
import Fixtures
import Glibc

/// What went wrong on the wire, for the failure message of a test.
enum WireError: Error, CustomStringConvertible {
    /// A system call failed: what it was for, and `errno`.
    case failed(String, Int32)
    /// Nothing came for as long as any test waits.
    case silent
    /// The peer closed the connection after these bytes, which are not what was waited for.
    case closed(after: String)
    /// The peer sent what is not HTTP.
    case malformed(String)

    var description: String {
        switch self {
        case .failed(let what, let number): unsafe "\(what): \(String(cString: strerror(number)))"
        case .silent: "nothing came"
        case .closed(let bytes): "closed after \(bytes.debugDescription)"
        case .malformed(let bytes): "not HTTP: \(bytes.debugDescription)"
        }
    }
}

/// A blocking stream socket. It closes with its last reference.
final class Socket: Sendable {
    let descriptor: Int32

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
        // A broken server fails its test, it does not hang it.
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    }

    deinit { close(descriptor) }

    static func connect(to address: Address) throws -> Socket {
        let socket = try make(address.family)
        let result = unsafe address.withSocketAddress { pointer, length in
            unsafe Glibc.connect(socket.descriptor, pointer, length)
        }
        guard result == 0 else { throw WireError.failed("connecting to \(address)", errno) }
        if address.family != AF_UNIX { socket.enable(TCP_NODELAY, at: Int32(IPPROTO_TCP)) }
        return socket
    }

    /// Listens at `address`; port 0 is none here, take `FreePort.take()`.
    static func listen(on address: Address) throws -> Socket {
        let socket = try make(address.family)
        socket.enable(SO_REUSEADDR, at: SOL_SOCKET)
        if address.family == AF_INET6 { socket.enable(IPV6_V6ONLY, at: Int32(IPPROTO_IPV6)) }
        let bound = unsafe address.withSocketAddress { pointer, length in
            unsafe bind(socket.descriptor, pointer, length)
        }
        guard bound == 0, Glibc.listen(socket.descriptor, 512) == 0 else {
            throw WireError.failed("listening on \(address)", errno)
        }
        return socket
    }

    /// The next connection; nil when this socket was shut down.
    func accept() -> Socket? {
        while true {
            let accepted = Glibc.accept(descriptor, nil, nil)
            if accepted >= 0 { return Socket(accepted) }
            guard errno == EINTR || errno == EAGAIN || errno == ECONNABORTED else { return nil }
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    descriptor, buffer.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw WireError.failed("sending", errno) }
            sent += count
        }
    }

    /// What came, at least one byte; empty when the peer has closed (or reset) the connection.
    func receive() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { place in
                unsafe recv(descriptor, place.baseAddress, place.count, 0)
            }
            if count >= 0 { return Array(buffer[..<count]) }
            switch errno {
            case EINTR: continue
            case ECONNRESET, EPIPE: return []
            case EAGAIN: throw WireError.silent
            default: throw WireError.failed("receiving", errno)
            }
        }
    }

    /// The last byte of the peer's address 127.0.0.x; nil when it has none.
    var peerHost: UInt8? {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { place in
            unsafe place.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getpeername(descriptor, $0, &size) }
        }
        guard result == 0, address.sin_family == AF_INET else { return nil }
        return UInt8(truncatingIfNeeded: UInt32(bigEndian: address.sin_addr.s_addr))
    }

    /// Says that no more will be sent.
    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Ends all use of the socket, also in other threads.
    func cut() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    private static func make(_ family: Int32) throws -> Socket {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw WireError.failed("making a socket", errno) }
        return Socket(descriptor)
    }

    private func enable(_ option: Int32, at level: Int32) {
        var on: Int32 = 1
        unsafe setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }
}
