import EventLoop

/// One request over HTTP/2 with prior knowledge (RFC 9113 section 3.3): as little of a client as shows what the backend saw.
struct CleartextHTTP2 {
    private let socket: Socket
    private var buffer: [UInt8] = []

    init(to address: Address) throws {
        socket = try Socket.connect(to: address)
        try socket.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + Self.frame(4, flags: 0, stream: 0, []))
    }

    /// What the answer's body says the backend saw; nil when the answer is not the backend's.
    mutating func get(_ path: String, _ fields: [(String, String)]) throws -> ArrivedRequest? {
        let all = [(":method", "GET"), (":scheme", "http"), (":authority", "test"), (":path", path)] + fields
        try socket.send(Self.frame(1, flags: 0x5, stream: 1, all.flatMap(Self.literal)))
        var body: [UInt8] = []
        for _ in 0..<200 {
            let (kind, flags, stream, payload) = try next()
            switch kind {
            case 0 where stream == 1: body += payload
            case 3 where stream == 1, 7: throw WireError.closed(after: "a frame of kind \(kind)")
            case 4 where flags & 1 == 0: try socket.send(Self.frame(4, flags: 1, stream: 0, []))
            case 6 where flags & 1 == 0: try socket.send(Self.frame(6, flags: 1, stream: 0, payload))
            default: break
            }
            if kind <= 1, stream == 1, flags & 1 == 1 { break }
        }
        let text = String(decoding: body, as: UTF8.self)
        // The status and the fields are packed (RFC 7541); what tells the backend's answer is that it holds the request.
        guard text.hasPrefix("GET ") else { return nil }
        return try ArrivedRequest(
            Response(version: "HTTP/2", status: 200, fields: [("x-backend", "yes")], body: text))
    }

    private mutating func next() throws -> (kind: UInt8, flags: UInt8, stream: Int, payload: [UInt8]) {
        try fill(to: 9)
        let length = Int(buffer[0]) << 16 | Int(buffer[1]) << 8 | Int(buffer[2])
        try fill(to: 9 + length)
        defer { buffer.removeFirst(9 + length) }
        let stream = buffer[5..<9].reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
        return (buffer[3], buffer[4], stream, Array(buffer[9..<9 + length]))
    }

    private mutating func fill(to count: Int) throws {
        while buffer.count < count {
            let bytes = try socket.receive()
            guard !bytes.isEmpty else { throw WireError.closed(after: "\(buffer.count) bytes of HTTP/2") }
            buffer += bytes
        }
    }

    private static func frame(_ kind: UInt8, flags: UInt8, stream: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let length = [UInt8(payload.count >> 16), UInt8(payload.count >> 8 & 0xFF), UInt8(payload.count & 0xFF)]
        return length + [kind, flags, 0, 0, 0, stream] + payload
    }

    /// A literal field without indexing (RFC 7541 section 6.2.2).
    private static func literal(_ field: (String, String)) -> [UInt8] { [0] + text(field.0) + text(field.1) }

    /// Without Huffman's code.
    private static func text(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard bytes.count >= 127 else { return [UInt8(bytes.count)] + bytes }
        var (rest, length) = (bytes.count - 127, [UInt8(127)])
        while rest >= 128 {
            length.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        return length + [UInt8(rest)] + bytes
    }
}
