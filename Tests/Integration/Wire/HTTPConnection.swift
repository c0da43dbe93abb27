import EventLoop

/// A client's connection on which any bytes can be sent, and answers be read one by one.
final class HTTPConnection {
    private let socket: Socket
    private var buffer: [UInt8] = []

    init(to address: Address) throws {
        socket = try Socket.connect(to: address)
    }

    func send(_ text: String) throws { try socket.send(text) }

    func send(_ bytes: [UInt8]) throws { try socket.send(bytes) }

    /// Says that no more will be sent.
    func finish() { socket.finish() }

    /// The next answer. One to a HEAD request has no body, whatever its Content-Length says.
    func response(toHEAD: Bool = false) throws -> Response {
        let head = try line(endingWith: Array("\r\n\r\n".utf8))
        let lines = head.split(separator: "\r\n")
        let start = lines.first?.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false) ?? []
        guard start.count >= 2, start[0].hasPrefix("HTTP/1."), let status = Int(start[1]) else {
            throw WireError.malformed(head)
        }
        var response = Response(
            version: String(start[0]), status: status, fields: try Response.fields(lines.dropFirst()), body: "")
        let empty = toHEAD || status == 204 || status == 304 || status < 200
        if !empty { response.body = try body(of: response) }
        return response
    }

    /// Everything until the peer closes: what is left over after the answers.
    func rest() throws -> String {
        while try fill() {}
        return take(buffer.count)
    }

    private func body(of response: Response) throws -> String {
        if let length = response["content-length"].flatMap({ Int($0) }) {
            while buffer.count < length { try need() }
            return take(length)
        }
        guard response["transfer-encoding"] == "chunked" else { return try rest() }
        var body = ""
        while true {
            // CR LF is one character.
            let size = try line(endingWith: Array("\r\n".utf8)).dropLast()
            guard let count = Int(size, radix: 16) else { throw WireError.malformed(String(size)) }
            while buffer.count < count + 2 { try need() }
            body += take(count)
            _ = take(2)
            if count == 0 { return body }
        }
    }

    /// All bytes up to and with the next `end`.
    private func line(endingWith end: [UInt8]) throws -> String {
        while true {
            if let range = ByteSearch.range(of: end, in: buffer) { return take(range.upperBound) }
            try need()
        }
    }

    private func need() throws {
        guard try fill() else { throw WireError.closed(after: take(buffer.count)) }
    }

    private func fill() throws -> Bool {
        let bytes = try socket.receive()
        buffer += bytes
        return !bytes.isEmpty
    }

    private func take(_ count: Int) -> String {
        defer { buffer.removeFirst(count) }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }
}

extension HTTPConnection {
    /// Sends one request on a connection of its own and reads its answer.
    static func ask(_ address: Address, _ request: String, toHEAD: Bool = false) throws -> Response {
        let connection = try HTTPConnection(to: address)
        try connection.send(request)
        return try connection.response(toHEAD: toHEAD)
    }

    /// Sends `GET path` with these field lines on a connection of its own and reads the answer.
    static func get(_ address: Address, _ path: String, _ fields: String...) throws -> Response {
        try ask(address, request(path, fields))
    }

    /// Sends `POST path` with a body, by default a form, and these field lines on a connection of its own and reads the answer.
    static func post(
        _ address: Address, _ path: String, _ body: String, type: String = "application/x-www-form-urlencoded",
        _ fields: [String]
    ) throws -> Response {
        let own = [
            "Host: \(address)", "Content-Type: \(type)", "Content-Length: \(body.utf8.count)", "Connection: close",
        ]
        let lines = ["POST \(path) HTTP/1.1"] + own + fields
        return try ask(address, lines.map { $0 + "\r\n" }.joined() + "\r\n" + body)
    }

    /// `GET path` with these field lines, on this connection.
    func get(_ path: String, _ fields: String...) throws -> Response {
        try send(Self.request(path, fields))
        return try response()
    }

    /// `GET path` with these field lines.
    static func request(_ path: String, _ fields: [String]) -> String {
        "GET \(path) HTTP/1.1\r\nHost: test\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
    }
}
