import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// The addresses that are listened on: opened all or none, closed together.
final class Doors: Sendable {
    /// One address: its channel, and the file of a Unix socket.
    private struct Door {
        var address: ListenAddress
        var channel: any Channel
        var file: UnixSocketFile?
    }

    /// What is listened on, and what becomes of a connection.
    struct Plan: Sendable {
        var addresses: [ListenAddress]
        /// How many connections may wait to be accepted.
        var backlog: Int
        var maximumConnections: Int
        /// Where connections are accepted and counted.
        var acceptor: any EventLoop
        /// Where they are served.
        var group: any EventLoopGroup
        /// Prepares an accepted connection, on its own loop.
        var serve: @Sendable (any Channel) throws -> Void
    }

    private let plan: Plan
    private let gate: NIOLoopBoundBox<AcceptGate>
    private let doors = Mutex<[Door]>([])

    init(_ plan: Plan) {
        self.plan = plan
        self.gate = NIOLoopBoundBox.makeBoxSendingValue(
            AcceptGate(limit: plan.maximumConnections), eventLoop: plan.acceptor)
    }

    /// Opens all, unless they are open; gives the addresses that they got.
    func open() async throws -> [ListenAddress] {
        guard addresses.isEmpty else { return addresses }
        do {
            for address in plan.addresses {
                let door = try await open(address)
                doors.withLock { $0.append(door) }
            }
        } catch {
            close()
            throw error
        }
        return addresses
    }

    /// Stops accepting. What is open stays open.
    func close() {
        for door in doors.withLock({ $0 }) {
            door.channel.close(promise: nil)
            door.file?.remove()
        }
    }

    /// Returns when no address is listened on any more.
    func closed() async {
        for door in doors.withLock({ $0 }) { try? await door.channel.closeFuture.get() }
    }

    /// Closes what is still open; returns when nothing is.
    func closeConnections() async {
        let gate = gate
        try? await gate.eventLoop.flatSubmit { gate.value.closeAll(on: gate.eventLoop) }.get()
    }

    /// How many connections are open, were accepted, were refused.
    func figures() async throws -> (open: Int, accepted: Int, refused: Int) {
        let gate = gate
        return try await gate.eventLoop.submit { (gate.value.open, gate.value.accepted, gate.value.refused) }.get()
    }

    private var addresses: [ListenAddress] {
        doors.withLock { $0.map(\.address) }
    }

    private func open(_ address: ListenAddress) async throws -> Door {
        do {
            switch address {
            case .tcp(let host, let port): return try await open(SocketAddress(ipAddress: host, port: port), address)
            case .unix(let path): return try await open(path: path, address)
            }
        } catch let error as ListenError {
            throw error
        } catch {
            throw ListenError(address, error)
        }
    }

    private func open(_ socketAddress: SocketAddress, _ address: ListenAddress) async throws -> Door {
        var bootstrap =
            bootstrap
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        if socketAddress.protocol == .inet6 {
            // `[::]` and `0.0.0.0` are two addresses, which can both be listened on.
            let only = ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only)
            bootstrap = bootstrap.serverChannelOption(only, value: 1)
        }
        let channel = try await bootstrap.bind(to: socketAddress).get()
        return Door(address: ListenAddress(channel.localAddress) ?? address, channel: channel, file: nil)
    }

    private func open(path: String, _ address: ListenAddress) async throws -> Door {
        let (file, socket) = try UnixSocketFile.bind(path: path)
        do {
            let channel = try await bootstrap.withBoundSocket(socket).get()
            // NIO listens with a backlog of its own; to listen again sets the one that is wanted.
            guard listen(socket, CInt(plan.backlog)) == 0 else { throw ListenError(address, errno: errno) }
            return Door(address: address, channel: channel, file: file)
        } catch {
            file.remove()
            throw error
        }
    }

    private var bootstrap: ServerBootstrap {
        let (gate, serve) = (gate, plan.serve)
        return ServerBootstrap(group: plan.acceptor, childGroup: plan.group)
            .serverChannelOption(.backlog, value: CInt(plan.backlog))
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptHandler(gate))
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try serve(channel) }
            }
    }
}
