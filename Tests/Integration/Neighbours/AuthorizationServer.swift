import Fixtures
import NIOConcurrencyHelpers

/// An authorization server in a test's hands: what it answers to the post of a form at `/introspect` and `/token`.
final class AuthorizationServer: Sendable {
    /// The status line from the code on, the fields and the body; nil: it says nothing, and keeps the connection.
    typealias Answer = String?

    let address: Address
    private let server: SocketServer
    private let books: NIOLockedValueBox<Books>

    private struct Books {
        var answer: @Sendable (RequestReader.Request) -> Answer
        var requests: [RequestReader.Request] = []
        var running = 0
        var peak = 0
    }

    init(_ answer: @escaping @Sendable (RequestReader.Request) -> Answer) throws {
        address = .ipv4(try FreePort.take())
        let books = NIOLockedValueBox(Books(answer: answer))
        self.books = books
        server = try SocketServer(on: address) { socket in
            var reader = RequestReader(socket)
            while let request = try reader.next() {
                let answer = books.withLockedValue { books in
                    books.requests.append(request)
                    books.running += 1
                    books.peak = max(books.peak, books.running)
                    return books.answer
                }
                let text = answer(request)
                books.withLockedValue { $0.running -= 1 }
                if let text { try socket.send("HTTP/1.1 \(text)") }
            }
        }
    }

    func set(_ answer: @escaping @Sendable (RequestReader.Request) -> Answer) {
        books.withLockedValue { $0.answer = answer }
    }

    var endpoint: String { "http://\(address)/introspect" }
    var requests: [RequestReader.Request] { books.withLockedValue(\.requests) }
    /// The most that it was asked at once.
    var peak: Int { books.withLockedValue(\.peak) }

    func stop() { server.stop() }

    static func json(_ body: String, status: String = "200 OK", _ fields: String = "") -> String {
        "\(status)\r\nContent-Type: application/json\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// What it says of tokens that begin with `good`: each is its own user's. All others are inactive.
    @Sendable static func known(_ request: RequestReader.Request) -> String? {
        guard let token = token(of: request), token.hasPrefix("good") else { return json(#"{"active":false}"#) }
        return json(#"{"active":true,"sub":"u-\#(token)","aud":"api","scope":"stock:read","client_id":"web"}"#)
    }

    static func token(of request: RequestReader.Request) -> String? {
        let form = request.body.split(separator: "&").map { $0.split(separator: "=", maxSplits: 1) }
        return form.first { $0.first == "token" }?.last.map(String.init)
    }
}
