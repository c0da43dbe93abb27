import Bytes
import CEpoll
import Glibc

/// A socket that is listened on, and the file of a Unix socket.
package struct ListeningSocket: Sendable {
    package enum Arrival {
        /// A connection's socket, which doesn't block; the caller owns it.
        case connection(CInt)
        /// Who connected gave up before he was accepted; there may be others behind him.
        case gone
        case nothing
        /// The process or the system has no descriptor or memory left.
        case shortage
    }

    /// With the port that the system picked.
    package let address: ListenAddress
    package let descriptor: CInt
    /// Nil where there is none, and where it is another process' to remove.
    private let file: UnixSocketFile?

    /// Listens on a Unix socket whose file has these permissions.
    package static func open(
        path: String, permissions: UInt32, backlog: Int
    ) throws(ListenError) -> ListeningSocket {
        try ListeningSocket(path, .unix(path: path), backlog, permissions)
    }

    /// - Parameter backlog: how many connections may wait to be accepted.
    package static func open(at address: ListenAddress, backlog: Int) throws(ListenError) -> ListeningSocket {
        switch address {
        case .tcp(let host, let port): try ListeningSocket(host, port, address, backlog)
        case .unix(let path): try ListeningSocket(path, address, backlog)
        }
    }

    /// Stops listening. What was accepted stays open.
    package func close() {
        Self.close(descriptor: descriptor)
        removeFile()
    }

    /// The file that somebody removes who has the socket: this process, or another one.
    package var ownFile: FileIdentity? { file?.identity }

    /// A descriptor of its own for the socket, which the caller closes. Nil when the socket was closed: then its number may be another file's.
    package func copy() -> CInt? {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { return nil }
        do throws(InheritedSocketError) {
            if try InheritedSocket(descriptor: copy).address.isSame(as: address) { return copy }
        } catch {
            // It is something else by now.
        }
        Self.close(descriptor: copy)
        return nil
    }

    /// From now on its file is this process' to remove.
    package func own() {
        file?.isOurs = true
    }

    /// From now on its file is another process' to remove.
    package func disown() {
        file?.isOurs = false
    }

    /// Removes the file of a Unix socket.
    package func removeFile() {
        file?.remove()
    }

    package static func close(descriptor: CInt) {
        Glibc.close(descriptor)
    }

    package func accept() -> Arrival {
        let flags = CInt(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let connection = accept_connection(descriptor, flags)
        if connection >= 0 { return .connection(connection) }
        switch errno {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .shortage
        case EAGAIN: return .nothing
        default: return .gone
        }
    }

    private init(
        _ path: String, _ address: ListenAddress, _ backlog: Int,
        _ permissions: UInt32 = UnixSocketFile.permissions
    ) throws(ListenError) {
        let (file, socket) = try UnixSocketFile.bind(path: path, permissions: permissions)
        guard listen(socket, CInt(backlog)) == 0 else {
            let error = ListenError(address, errno: errno)
            Self.close(descriptor: socket)
            file.remove()
            throw error
        }
        self.init(address: address, descriptor: socket, file: file)
    }

    private init(_ host: String, _ port: Int, _ address: ListenAddress, _ backlog: Int) throws(ListenError) {
        guard let place = SocketAddress(ip: host, port: UInt16(clamping: port)) else {
            throw ListenError(address, errno: EAFNOSUPPORT)
        }
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let socket = socket(place.family, kind, 0)
        guard socket >= 0 else { throw ListenError(address, errno: errno) }
        Self.turnOn(SO_REUSEADDR, level: SOL_SOCKET, on: socket)
        // What is accepted inherits it: an answer is never held back to be sent with the next one.
        Self.turnOn(TCP_NODELAY, level: CInt(IPPROTO_TCP), on: socket)
        // `[::]` and `0.0.0.0` are two addresses, which can both be listened on.
        if place.isIPv6 { Self.turnOn(IPV6_V6ONLY, level: CInt(IPPROTO_IPV6), on: socket) }
        let isBound = unsafe place.withSystemAddress { unsafe bind(socket, $0, $1) == 0 }
        guard isBound, listen(socket, CInt(backlog)) == 0 else {
            let error = ListenError(address, errno: errno)
            Self.close(descriptor: socket)
            throw error
        }
        self.init(address: .tcp(host: host, port: Self.port(of: socket) ?? port), descriptor: socket, file: nil)
    }

    /// One that another process opened.
    ///
    /// - Parameters:
    ///   - address: as the configuration names it.
    ///   - ownFile: the file that goes with it, which is the other process' until this one owns it.
    init(_ inherited: InheritedSocket, at address: ListenAddress, ownFile: FileIdentity? = nil) {
        // As at one of its own: what is accepted has it of the listening socket.
        if case .tcp = address { Self.turnOn(TCP_NODELAY, level: CInt(IPPROTO_TCP), on: inherited.descriptor) }
        var file: UnixSocketFile?
        if let ownFile, case .unix(let path) = address { file = UnixSocketFile(inheritedAt: path, ownFile) }
        self.init(address: address, descriptor: inherited.descriptor, file: file)
    }

    private init(address: ListenAddress, descriptor: CInt, file: UnixSocketFile?) {
        self.address = address
        self.descriptor = descriptor
        self.file = file
    }

    private static func turnOn(_ option: CInt, level: CInt, on socket: CInt) {
        var value: CInt = 1
        _ = unsafe setsockopt(socket, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
    }

    /// The port that the socket was bound to: behind the family, two bytes, the higher one first, in IPv4 and IPv6.
    private static func port(of socket: CInt) -> Int? {
        unsafe withUnsafeTemporaryAllocation(of: sockaddr.self, capacity: 1) { address -> Int? in
            var length = socklen_t(MemoryLayout<sockaddr>.size)
            guard unsafe getsockname(socket, address.baseAddress, &length) == 0 else { return nil }
            let bytes = UnsafeRawBufferPointer(address)
            return unsafe Int(bytes[2]) << 8 | Int(bytes[3])
        }
    }
}

/// Why an address could not be listened on, and what to do.
package struct ListenError: Error, CustomStringConvertible {
    package var address: ListenAddress
    /// What is wrong, and what to do.
    package var reason: String

    package var description: String { "cannot listen on \(address): \(reason)" }

    package init(_ address: ListenAddress, reason: String) {
        self.address = address
        self.reason = reason
    }

    /// - Parameter code: the system's error number.
    package init(_ address: ListenAddress, errno code: CInt) {
        self.init(address, reason: Self.reason(of: SystemError(code: code), at: address))
    }

    /// What the system's error means for a person who configures an address.
    private static func reason(of error: SystemError, at address: ListenAddress) -> String {
        switch error.cause {
        case .addressInUse: "another process listens there; stop it or choose another address"
        case .addressNotAvailable: "no interface of this host has that address"
        case .permissionDenied:
            if case .unix = address {
                "no permission; the directory must be writable for the user that the process runs as"
            } else {
                "no permission; ports below 1024 need CAP_NET_BIND_SERVICE"
            }
        case .notFound, .notDirectory: "the directory does not exist; create it first"
        case .familyNotSupported: "this host has no IPv6"
        case .tooManyFiles: "too many open files; raise the limit (ulimit -n)"
        default: "system error \(error.code)"
        }
    }
}
