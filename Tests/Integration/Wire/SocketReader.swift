import EventLoop

/// Reads what comes on a socket, piece by piece, for the servers that a test plays itself.
struct SocketReader {
    private let socket: Socket
    private var buffer: [UInt8] = []

    init(_ socket: Socket) { self.socket = socket }

    /// What comes before some text, which is passed over; nil when the connection ends before it.
    mutating func text(before end: String) throws -> String? {
        let end = Array(end.utf8)
        while true {
            if let range = ByteSearch.range(of: end, in: buffer) {
                defer { buffer.removeFirst(range.upperBound) }
                return String(decoding: buffer[..<range.lowerBound], as: UTF8.self)
            }
            guard try fill() else { return nil }
        }
    }

    /// So many bytes; nil when the connection ends before them.
    mutating func bytes(count: Int) throws -> [UInt8]? {
        while buffer.count < count {
            guard try fill() else { return nil }
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    /// The same as text.
    mutating func text(count: Int) throws -> String? {
        try bytes(count: count).map { String(decoding: $0, as: UTF8.self) }
    }

    private mutating func fill() throws -> Bool {
        let bytes = try socket.receive()
        buffer += bytes
        return !bytes.isEmpty
    }
}
