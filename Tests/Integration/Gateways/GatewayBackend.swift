import EventLoop
import Foundation

/// What stands behind a gateway under test: answers each request with that request, trailers included; with the status that
/// the path asks for (`…/status/503`); takes WebSockets, sends back what comes first, and ends them.
final class GatewayBackend: Sendable {
    let server: SocketServer

    init(on address: Address) throws {
        server = try SocketServer(on: address) { socket in
            var reader = WholeRequestReader(socket)
            while let head = try reader.head() {
                if head.lowercased().contains("\r\nupgrade: websocket") { return try Self.serveWebSocket(socket, head) }
                if head.lowercased().contains("\r\nexpect: 100-continue") {
                    try socket.send("HTTP/1.1 100 Continue\r\n\r\n")
                }
                let (body, trailers) = try reader.body(behind: head)
                let report = head + "\r\n\r\n" + body
                var fields = "Content-Type: text/plain\r\nX-Backend: yes\r\nContent-Length: \(report.utf8.count)\r\n"
                for trailer in trailers { fields += "X-Trailer: \(trailer)\r\n" }
                // In one piece: of two the second would wait for the first to be acknowledged.
                let answer = "HTTP/1.1 \(Self.status(for: head))\r\n\(fields)\r\n"
                try socket.send(head.hasPrefix("HEAD ") ? answer : answer + report)
            }
        }
    }

    private static func status(for head: String) -> String {
        let path = head.split(separator: " ").dropFirst().first ?? ""
        guard path.contains("/status/"), let status = path.split(separator: "/").last else { return "200 OK" }
        return "\(status) Own"
    }

    private static func serveWebSocket(_ socket: Socket, _ head: String) throws {
        let identity = Response.identity(try Response.fields(head.split(separator: "\r\n").dropFirst()))
        let seen = identity.contains("user-id: u-good") ? "yes" : "no"
        // Of the key that RFC 6455 section 1.3 has as an example.
        let accept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        try socket.send(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\(accept)\r\nX-Seen: \(seen)\r\n\r\n"
        )
        // Up to its last byte, in whatever pieces it is handed on.
        var message: [UInt8] = []
        while message.last != UInt8(ascii: "!") {
            let part = try socket.receive()
            guard !part.isEmpty else { break }
            message += part
        }
        try socket.send(message)
    }
}

/// The request that a backend saw, read from its answer.
struct ArrivedRequest {
    var fields: [(name: String, value: String)]
    var body: String

    /// Nil when the answer is not the backend's.
    init?(_ response: Response) throws {
        guard response["x-backend"] == "yes", let end = response.body.firstRange(of: "\r\n\r\n") else { return nil }
        fields = try Response.fields(response.body[..<end.lowerBound].split(separator: "\r\n").dropFirst())
        body = String(response.body[end.upperBound...])
        for trailer in response.fields where trailer.name.lowercased() == "x-trailer" {
            fields += try Response.fields([trailer.value[...]])
        }
    }

    /// Whatever a backend may take for a field of the resolver's that says something, however it is spelled.
    var identity: [String] {
        fields.compactMap { name, value in
            let name = name.lowercased()
            let normalized = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
            guard normalized.hasPrefix("x-authgear-"), !value.isEmpty else { return nil }
            return "\(name.dropFirst("x-authgear-".count)): \(value)"
        }.sorted()
    }
}

/// Reads requests with their bodies, also those in chunks.
struct WholeRequestReader {
    private var reader: SocketReader

    init(_ socket: Socket) { reader = SocketReader(socket) }

    /// The next request's head, without the empty line; nil when the connection has ended.
    mutating func head() throws -> String? { try reader.text(before: "\r\n\r\n") }

    /// What follows a head, and the lines of its trailers.
    mutating func body(behind head: String) throws -> (String, trailers: [String]) {
        let fields = try Response.fields(head.split(separator: "\r\n").dropFirst())
        let isChunked = fields.contains {
            $0.name.lowercased() == "transfer-encoding" && $0.value.lowercased() == "chunked"
        }
        guard isChunked else {
            let length = fields.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
            return (try text(count: length), [])
        }
        var body = ""
        while let line = try reader.text(before: "\r\n") {
            let digits = line.prefix { $0.isHexDigit }
            guard let size = Int(digits, radix: 16) else { throw WireError.malformed(line) }
            if size == 0 { break }
            body += try text(count: size)
            _ = try text(count: 2)
        }
        var trailers: [String] = []
        while let line = try reader.text(before: "\r\n"), !line.isEmpty { trailers.append(line) }
        return (body, trailers)
    }

    private mutating func text(count: Int) throws -> String {
        guard let text = try reader.text(count: count) else {
            throw WireError.closed(after: "less than \(count) bytes")
        }
        return text
    }
}
