import Fixtures
import NIOConcurrencyHelpers

/// Authgear's own resolver, as far as who asks it can tell: of the project with the host `auth.example.com`.
final class AuthgearServer: Sendable {
    let address: Address
    private let server: SocketServer
    private let heads: NIOLockedValueBox<[String]>

    /// - Parameter answer: takes a request's head; gives the fields of an answer, without their prefix.
    init(_ answer: @escaping @Sendable (_ head: String) throws -> [String]) throws {
        address = .ipv4(try FreePort.take())
        let heads = NIOLockedValueBox<[String]>([])
        self.heads = heads
        server = try SocketServer(on: address) { socket in
            var reader = RequestReader(socket)
            while let request = try reader.next() {
                let head = request.head
                let isOurs =
                    request.target == "/_resolver/resolve"
                    && head.lowercased().contains("\r\nhost: auth.example.com")
                let hasCredential = ["cookie", "authorization"].contains { head.lowercased().contains("\r\n\($0): ") }
                if hasCredential { heads.withLockedValue { $0.append(head) } }
                let fields = isOurs && hasCredential ? try answer(head).map { "X-Authgear-\($0)\r\n" }.joined() : ""
                try socket.send("HTTP/1.1 \(isOurs ? "200 OK" : "404 Not Found")\r\n\(fields)Content-Length: 0\r\n\r\n")
            }
        }
    }

    /// The heads of the requests that had a credential, in order.
    var requests: [String] { heads.withLockedValue(\.self) }

    /// For `authgear.endpoint`.
    var endpoint: String { "http://\(address)/_resolver/resolve" }

    func stop() { server.stop() }
}
