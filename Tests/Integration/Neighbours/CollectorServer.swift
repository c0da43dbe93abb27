import Fixtures
import NIOConcurrencyHelpers

/// A collector of traces: takes OTLP over HTTP, and nothing that OTLP does not say.
final class CollectorServer: Sendable {
    private struct Books {
        var spans: [CollectedSpan] = []
        var batches: [Int] = []
        /// What was wrong with what came.
        var faults: [String] = []
        /// What posts are answered with, the first one first; then with 200.
        var statuses: [String] = []
    }

    let address: Address
    private let server: SocketServer
    private let books: Shared

    private final class Shared: Sendable {
        let value = NIOLockedValueBox(Books())
    }

    /// - Parameter statuses: what posts are answered with before they are taken.
    init(at address: Address? = nil, refusingWith statuses: [String] = []) throws {
        self.address = try address ?? .ipv4(FreePort.take())
        let books = Shared()
        books.value.withLockedValue { $0.statuses = statuses }
        self.books = books
        server = try SocketServer(on: self.address) { socket in
            var reader = SocketReader(socket)
            while let head = try reader.text(before: "\r\n\r\n") {
                let fields = try Response.fields(head.split(separator: "\r\n").dropFirst())
                    .map { (name: $0.name.lowercased(), value: $0.value) }
                let length = fields.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
                guard let body = try reader.bytes(count: length) else { return }
                let status = books.value.withLockedValue { books in
                    books.statuses.isEmpty ? nil : books.statuses.removeFirst()
                }
                guard status == nil else {
                    try socket.send("HTTP/1.1 \(status ?? "")\r\nContent-Length: 0\r\n\r\n")
                    continue
                }
                Self.take(head, fields, body, into: books)
                try socket.send(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n")
            }
        }
    }

    private static func take(
        _ head: String, _ fields: [(name: String, value: String)], _ body: [UInt8], into books: Shared
    ) {
        books.value.withLockedValue { books in
            guard head.hasPrefix("POST /v1/traces HTTP/1.1\r\n"),
                fields.contains(where: { $0.name == "content-type" && $0.value == "application/x-protobuf" })
            else { return books.faults.append(head) }
            do {
                let spans = try CollectedSpan.all(in: body)
                books.spans += spans
                books.batches.append(spans.count)
            } catch {
                books.faults.append("\(error)")
            }
        }
    }

    /// Takes nothing more.
    func stop() { server.stop() }

    /// All spans so far; what was wrong with what came is an error.
    func spans() throws -> [CollectedSpan] {
        let (spans, faults) = books.value.withLockedValue { ($0.spans, $0.faults) }
        guard faults.isEmpty else { throw GaveUp(what: "spans as OTLP has them: \(faults)") }
        return spans
    }

    /// How many spans each post had.
    var batches: [Int] { books.value.withLockedValue(\.batches) }
}
