import Testing

/// Bytes that are not HTTP as it should be, and the status that they get (contract section 3, RFC 9112).
struct HostileRequest: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var status: Int
    var bytes: [UInt8]

    init(_ description: String, _ status: Int, _ text: String) {
        testDescription = description
        self.status = status
        bytes = Array(text.utf8)
    }

    init(_ description: String, _ status: Int, bytes: [UInt8]) {
        testDescription = description
        self.status = status
        self.bytes = bytes
    }

    /// A request with these lines after `Host`.
    private static func get(_ description: String, _ status: Int, _ lines: String) -> HostileRequest {
        HostileRequest(description, status, "GET /resolve HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\r\n")
    }

    private static func post(_ description: String, _ status: Int, _ lines: String, _ body: String = "")
        -> HostileRequest
    {
        HostileRequest(description, status, "POST /resolve HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\r\n\(body)")
    }

    static let all: [HostileRequest] = [
        HostileRequest("a line that ends with a bare LF", 400, "GET /resolve HTTP/1.1\nHost: a\n\n"),
        HostileRequest("a field that ends with a bare LF", 400, "GET /resolve HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n"),
        HostileRequest("no host", 400, "GET /resolve HTTP/1.1\r\n\r\n"),
        HostileRequest("two hosts", 400, "GET /resolve HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
        HostileRequest("no version", 400, "GET /resolve\r\n\r\n"),
        HostileRequest("two spaces", 400, "GET  /resolve HTTP/1.1\r\nHost: a\r\n\r\n"),
        HostileRequest("a space before the method", 400, " GET /resolve HTTP/1.1\r\nHost: a\r\n\r\n"),
        HostileRequest("a method with brackets", 400, "G(E)T /resolve HTTP/1.1\r\nHost: a\r\n\r\n"),
        HostileRequest("a control byte in the target", 400, "GET /res\u{1}olve HTTP/1.1\r\nHost: a\r\n\r\n"),
        HostileRequest("a version in lowercase", 400, "GET /resolve http/1.1\r\nHost: a\r\n\r\n"),
        HostileRequest("HTTP/2.0", 505, "GET /resolve HTTP/2.0\r\nHost: a\r\n\r\n"),
        HostileRequest("a TLS handshake", 400, bytes: [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 0x0d, 0x0a, 0x0d, 0x0a]),
        HostileRequest(
            "a long target", 414, "GET /resolve/\(String(repeating: "a", count: 20_000)) HTTP/1.1\r\nHost: a\r\n\r\n"),
        get("a folded field", 400, "X: 1\r\n 2"),
        get("a space before the colon", 400, "X : 1"),
        get("a space before the name", 400, " X: 1"),
        get("a field without a colon", 400, "X"),
        get("a field without a name", 400, ": 1"),
        get("a NUL in a value", 400, "X: a\u{0}b"),
        get("a bare CR in a value", 400, "X: a\rb"),
        get("a bracket in a name", 400, "X[]: 1"),
        get("two Authorization fields", 400, "Authorization: Bearer a\r\nauthorization: Bearer a"),
        get("large fields", 431, "X: " + String(repeating: "a", count: 20_000)),
        get("many small fields", 431, [String](repeating: "X: a", count: 5_000).joined(separator: "\r\n")),
        post("two lengths that differ", 400, "Content-Length: 1\r\nContent-Length: 2", "ab"),
        post("two lengths that agree", 400, "Content-Length: 1\r\nContent-Length: 1", "a"),
        post("a list of lengths", 400, "Content-Length: 1, 1", "a"),
        post("a negative length", 400, "Content-Length: -1"),
        post("a length with a sign", 400, "Content-Length: +1", "a"),
        post("a length that is no number", 400, "Content-Length: 0x1", "a"),
        post("a length with chunks", 400, "Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
        post("a length that is too large", 413, "Content-Length: 1000000000000"),
        post("a length beyond all numbers", 413, "Content-Length: 99999999999999999999999999"),
        post("a coding that nobody knows", 501, "Transfer-Encoding: gzip, chunked", "0\r\n\r\n"),
        post("two codings", 400, "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
        post("a chunk that has no size", 400, "Transfer-Encoding: chunked", "\r\nhello\r\n0\r\n\r\n"),
        post("a chunk with a negative size", 400, "Transfer-Encoding: chunked", "-5\r\nhello\r\n0\r\n\r\n"),
        post("a chunk longer than its size", 400, "Transfer-Encoding: chunked", "3\r\nhello\r\n0\r\n\r\n"),
        post("a chunk that is too large", 413, "Transfer-Encoding: chunked", "ffffffff\r\n"),
    ]
}
