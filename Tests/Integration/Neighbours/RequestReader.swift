import EventLoop

/// Reads requests one by one from a client's connection, for the servers that a test plays itself.
struct RequestReader {
    struct Request {
        /// The head as it came, without the empty line.
        var head: String
        var body: String

        /// What stands between the method and the version.
        var target: String { String(head.split(separator: " ", maxSplits: 2).dropFirst().first ?? "") }
    }

    private var reader: SocketReader

    init(_ socket: Socket) { reader = SocketReader(socket) }

    /// The next request; nil when the client has closed the connection.
    mutating func next() throws -> Request? {
        guard let head = try reader.text(before: "\r\n\r\n") else { return nil }
        let fields = try Response.fields(head.split(separator: "\r\n").dropFirst())
        let length = fields.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
        return try reader.text(count: length).map { Request(head: head, body: $0) }
    }
}
