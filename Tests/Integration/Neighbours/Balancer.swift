import Fixtures
import Foundation
import NIOConcurrencyHelpers

/// A TCP balancer, and a wire that can be cut: passes bytes to the server that it leads to, and back. A connection stays
/// with the server that it was made to.
final class Balancer: Sendable {
    let address: Address
    private let server: SocketServer
    private let state: State

    private final class State: Sendable {
        private let condition = NSCondition()
        private let values: NIOLockedValueBox<(target: Address?, isSilent: Bool)>

        init(_ target: Address?) { values = NIOLockedValueBox((target, false)) }

        var target: Address? {
            get { values.withLockedValue { $0.target } }
            set { values.withLockedValue { $0.target = newValue } }
        }

        func silence(_ isSilent: Bool) {
            condition.lock()
            values.withLockedValue { $0.isSilent = isSilent }
            condition.broadcast()
            condition.unlock()
        }

        func waitWhileSilent() {
            condition.lock()
            while values.withLockedValue({ $0.isSilent }) { condition.wait() }
            condition.unlock()
        }
    }

    /// - Parameter target: the server that it leads to; nil closes each connection at once.
    init(to target: Address? = nil) throws {
        address = .ipv4(try FreePort.take())
        let state = State(target)
        self.state = state
        server = try SocketServer(on: address) { client in
            guard let target = state.target else { return }
            let server = try Socket.connect(to: target)
            Thread.detachNewThread { Self.pass(from: server, to: client, state) }
            Self.pass(from: client, to: server, state)
        }
    }

    deinit { speak() }

    /// From now on connections are made to this server. Those that there are stay where they are.
    func lead(to target: Address?) { state.target = target }

    /// Ends the connections that there are.
    func cutConnections() { server.cutConnections() }

    /// Nothing passes any more, and nobody is told: as if the packets were lost.
    func fallSilent() { state.silence(true) }

    /// What was held passes, and all that follows.
    func speak() { state.silence(false) }

    private static func pass(from source: Socket, to sink: Socket, _ state: State) {
        defer {
            source.cut()
            sink.cut()
        }
        while true {
            do {
                let bytes = try source.receive()
                guard !bytes.isEmpty else { return }
                state.waitWhileSilent()
                try sink.send(bytes)
            } catch WireError.silent {
                continue
            } catch {
                return
            }
        }
    }
}
