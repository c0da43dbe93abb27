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

    private let socket: Socket
    private var buffer: [UInt8] = []

    init(_ socket: Socket) { self.socket = socket }

    /// The next request; nil when the client has closed the connection.
    mutating func next() throws -> Request? {
        let end = Array("\r\n\r\n".utf8)
        while ByteSearch.range(of: end, in: buffer) == nil {
            guard try fill() else { return nil }
        }
        guard let range = ByteSearch.range(of: end, in: buffer) else { return nil }
        let head = String(decoding: buffer[..<range.lowerBound], as: UTF8.self)
        buffer.removeFirst(range.upperBound)
        let fields = try Response.fields(head.split(separator: "\r\n").dropFirst())
        let length = fields.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
        while buffer.count < length {
            guard try fill() else { return nil }
        }
        defer { buffer.removeFirst(length) }
        return Request(head: head, body: String(decoding: buffer[..<length], as: UTF8.self))
    }

    private mutating func fill() throws -> Bool {
        let bytes = try socket.receive()
        buffer += bytes
        return !bytes.isEmpty
    }
}
