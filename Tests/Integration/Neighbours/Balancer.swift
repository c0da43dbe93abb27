import EventLoop
import Fixtures
import Foundation
import NIOConcurrencyHelpers

/// A TCP balancer, and a wire that can be cut: passes bytes to the server that it leads to, and back. A connection stays
/// with the server that it was made to.
final class Balancer: Sendable {
    let address: Address
    private let server: SocketServer
    private let target: NIOLockedValueBox<Address?>
    /// Closed while nothing passes.
    private let gate = Gate(isOpen: true)

    /// - Parameter target: the server that it leads to; nil closes each connection at once.
    init(to target: Address? = nil) throws {
        address = .ipv4(try FreePort.take())
        let target = NIOLockedValueBox(target)
        self.target = target
        server = try SocketServer(on: address) { [gate] client in
            guard let target = target.withLockedValue(\.self) else { return }
            let server = try Socket.connect(to: target)
            Thread.detachNewThread { Self.pass(from: server, to: client, gate) }
            Self.pass(from: client, to: server, gate)
        }
    }

    deinit { speak() }

    /// From now on connections are made to this server. Those that there are stay where they are.
    func lead(to target: Address?) { self.target.withLockedValue { $0 = target } }

    /// Ends the connections that there are.
    func cutConnections() { server.cutConnections() }

    /// Nothing passes any more, and nobody is told: as if the packets were lost.
    func fallSilent() { gate.set(isOpen: false) }

    /// What was held passes, and all that follows.
    func speak() { gate.set(isOpen: true) }

    private static func pass(from source: Socket, to sink: Socket, _ gate: Gate) {
        defer {
            source.cut()
            sink.cut()
        }
        while true {
            do {
                let bytes = try source.receive()
                guard !bytes.isEmpty else { return }
                gate.pass()
                try sink.send(bytes)
            } catch WireError.silent {
                continue
            } catch {
                return
            }
        }
    }
}
