import Fixtures
import NIOConcurrencyHelpers

/// An identity server: serves a key set at `/jwks`, and counts who fetches it.
final class IssuerServer: Sendable {
    let address: Address
    var keysURL: String { "http://\(address)/jwks" }

    private let server: SocketServer
    private let state: Shared

    /// The document it serves, and how often it was asked for.
    private final class Shared: Sendable {
        let value: NIOLockedValueBox<(keys: String, fetches: Int)>
        init(_ keys: String) { value = NIOLockedValueBox((keys, 0)) }
    }

    init(keys: String) throws {
        address = .ipv4(try FreePort.take())
        let state = Shared(keys)
        self.state = state
        server = try SocketServer(on: address) { socket in
            var reader = RequestReader(socket)
            while let request = try reader.next() {
                guard request.target == "/jwks" else {
                    try socket.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                    continue
                }
                let body = state.value.withLockedValue { value in
                    value.fetches += 1
                    return value.keys
                }
                let fields = "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)"
                try socket.send("HTTP/1.1 200 OK\r\n\(fields)\r\n\r\n\(body)")
            }
        }
    }

    /// Replaces the key set from the next fetch on.
    func publish(_ keys: String) { state.value.withLockedValue { $0.keys = keys } }

    /// Ends it.
    func stop() { server.stop() }

    var fetches: Int { state.value.withLockedValue { $0.fetches } }
}
