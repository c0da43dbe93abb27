import Glibc

/// A socket that another process opened, and listens on: who starts this one, or who ran before it.
package struct InheritedSocket: Sendable {
    /// Owned from here on: not handed on to programs that this one starts, and not blocking.
    package let descriptor: CInt
    /// Where it listens.
    package let address: ListenAddress

    /// - Parameter descriptor: any number; what it stands for is found out.
    package init(descriptor: CInt) throws(InheritedSocketError) {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0 else { throw .notOpen }
        guard let type = Self.option(SO_TYPE, of: descriptor) else { throw .noSocket }
        guard let place = SocketAddress(near: descriptor) else { throw .badFamily }
        address = ListenAddress(place)
        guard type == CInt(SOCK_STREAM.rawValue) else { throw .noStream(address) }
        guard Self.option(SO_ACCEPTCONN, of: descriptor) == 1 else { throw .notListening(address) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
        self.descriptor = descriptor
    }

    private static func option(_ name: CInt, of descriptor: CInt) -> CInt? {
        var value: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        return unsafe getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
    }
}

/// Why a descriptor is no socket that connections can be accepted at.
package enum InheritedSocketError: Error, Hashable, Sendable, CustomStringConvertible {
    case notOpen
    case noSocket
    /// Neither of IPv4 nor of IPv6, and no Unix socket with a path.
    case badFamily
    case noStream(ListenAddress)
    case notListening(ListenAddress)

    /// Whether it stands beside an address is up to what is known of it.
    package var description: String {
        switch self {
        case .notOpen: "is not open"
        case .noSocket: "is no socket"
        case .badFamily: "has no IP address, and no path of a Unix socket"
        case .noStream(let address): "(\(address)) is no stream socket; ListenStream= gives one"
        case .notListening(let address): "(\(address)) is not listened on; the socket unit must not say Accept=yes"
        }
    }
}

/// The inherited sockets, each for the address that the configuration has for it.
package struct InheritedSockets: Sendable {
    /// A socket that none of the addresses is for.
    package struct Unwanted: Error, Sendable {
        package let socket: InheritedSocket
        /// Which of them it is, counted from zero.
        package let number: Int
        /// Whether an earlier one listens at the same address.
        package let isDouble: Bool
    }

    private var sockets: [ListenAddress: ListeningSocket] = [:]
    /// Whether another process accepts there until this one has said that it is ready: it must not accept before.
    package private(set) var areHeld = false

    package init() {}

    /// Gives each of the addresses the socket that listens there.
    ///
    /// - Parameter sockets: given by who starts the process; their files are not this process' to remove.
    package init(_ sockets: [InheritedSocket], for addresses: [ListenAddress]) throws(Unwanted) {
        for (number, socket) in sockets.enumerated() {
            guard let address = addresses.first(where: socket.address.isSame) else {
                throw Unwanted(socket: socket, number: number, isDouble: false)
            }
            guard self.sockets[address] == nil else {
                throw Unwanted(socket: socket, number: number, isDouble: true)
            }
            self.sockets[address] = ListeningSocket(socket, at: address)
        }
    }

    /// Adds those of a process that runs. What none of the addresses is for, or what is there already, is closed here, and left to that process.
    ///
    /// - Parameter ownFile: the file that goes with a socket and that the process removes which owns it.
    package mutating func take(
        over others: [(socket: InheritedSocket, ownFile: FileIdentity?)], for addresses: [ListenAddress]
    ) {
        areHeld = true
        for (socket, ownFile) in others {
            guard let address = addresses.first(where: socket.address.isSame), sockets[address] == nil else {
                ListeningSocket.close(descriptor: socket.descriptor)
                continue
            }
            sockets[address] = ListeningSocket(socket, at: address, ownFile: ownFile)
        }
    }

    /// From now on the files that go with them are this process' to remove.
    package func own() {
        for socket in sockets.values { socket.own() }
    }

    /// Listens on an address: with the inherited socket, or with one of its own.
    ///
    /// - Parameters:
    ///   - backlog: how many connections may wait to be accepted at a socket of its own.
    ///   - permissions: of the file of a Unix socket of its own.
    package func open(
        at address: ListenAddress, backlog: Int, permissions: UInt32 = UnixSocketFile.permissions
    ) throws(ListenError) -> ListeningSocket {
        if let socket = sockets[address] { return socket }
        guard case .unix(let path) = address else { return try ListeningSocket.open(at: address, backlog: backlog) }
        return try ListeningSocket.open(path: path, permissions: permissions, backlog: backlog)
    }
}
