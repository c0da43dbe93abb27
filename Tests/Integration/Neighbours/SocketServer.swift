import Foundation
import NIOConcurrencyHelpers

/// A server inside the test: accepts connections on a thread of its own, and serves each on another.
final class SocketServer: Sendable {
    let address: Address
    private let listening: Socket
    private let connections = NIOLockedValueBox<[Socket]>([])

    /// - Parameter serve: talks to one client; the connection closes when it returns or throws.
    init(on address: Address, serve: @escaping @Sendable (Socket) throws -> Void) throws {
        self.address = address
        listening = try Socket.listen(on: address)
        Thread.detachNewThread { [listening, weak self] in
            while let socket = listening.accept() {
                guard let self else { return }
                connections.withLockedValue { $0.append(socket) }
                Thread.detachNewThread {
                    try? serve(socket)
                    socket.cut()
                }
            }
        }
    }

    deinit { stop() }

    /// How many connections it was asked for so far.
    var accepted: Int { connections.withLockedValue { $0.count } }

    /// Ends all connections and takes no more.
    func stop() {
        listening.cut()
        for socket in connections.withLockedValue({ $0 }) { socket.cut() }
    }
}
