import EventLoop
import Foundation
import NIOConcurrencyHelpers

/// A server inside the test: accepts connections on a thread of its own, and serves each on another.
final class SocketServer: Sendable {
    let address: Address
    private let listening: Socket
    private let state = NIOLockedValueBox(State())

    private struct State {
        /// Those that are being served.
        var connections: [Socket] = []
        var accepted = 0
    }

    /// - Parameter serve: talks to one client; the connection closes when it returns or throws.
    init(on address: Address, serve: @escaping @Sendable (Socket) throws -> Void) throws {
        self.address = address
        listening = try Socket.listen(on: address)
        Thread.detachNewThread { [listening, weak self] in
            while let socket = listening.accept() {
                guard let self else { return }
                state.withLockedValue {
                    $0.connections.append(socket)
                    $0.accepted += 1
                }
                Thread.detachNewThread { [state] in
                    try? serve(socket)
                    socket.cut()
                    state.withLockedValue { $0.connections.removeAll { $0 === socket } }
                }
            }
        }
    }

    deinit { stop() }

    /// How many connections it was asked for so far.
    var accepted: Int { state.withLockedValue { $0.accepted } }

    /// Ends the connections that there are.
    func cutConnections() {
        for socket in state.withLockedValue({ $0.connections }) { socket.cut() }
    }

    /// Ends all connections and takes no more.
    func stop() {
        listening.cut()
        cutConnections()
    }
}
