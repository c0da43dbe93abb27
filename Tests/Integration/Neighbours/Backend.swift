/// What stands behind nginx: answers each request with that request, so that a test sees what arrived.
final class Backend: Sendable {
    let server: SocketServer

    init(on address: Address) throws {
        server = try SocketServer(on: address) { socket in
            var reader = RequestReader(socket)
            while let request = try reader.next() {
                let body = request.head + "\r\n\r\n" + request.body
                let fields = "Content-Type: text/plain\r\nX-Backend: yes\r\nContent-Length: \(body.utf8.count)"
                let isHEAD = request.head.hasPrefix("HEAD ")
                try socket.send("HTTP/1.1 200 OK\r\n\(fields)\r\n\r\n" + (isHEAD ? "" : body))
            }
        }
    }
}

/// The request that the backend saw, read from its answer.
struct Arrived {
    var requestLine: String
    var fields: [(name: String, value: String)]
    var body: String

    /// Nil when the answer is not the backend's.
    init?(_ response: Response) throws {
        guard response["x-backend"] == "yes", let end = response.body.firstRange(of: "\r\n\r\n") else { return nil }
        let lines = response.body[..<end.lowerBound].split(separator: "\r\n")
        requestLine = lines.first.map(String.init) ?? ""
        fields = try Response.fields(lines.dropFirst())
        body = String(response.body[end.upperBound...])
    }
}
