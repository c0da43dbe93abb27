import EventLoop
import Fixtures

/// A connection of HTTP/2 on a socket.
final class StreamConnection {
    let client = HTTP2Client()
    private let socket: Socket

    init(to address: Address) throws { socket = try Socket.connect(to: address) }

    /// Sends what the client has to say, and nothing else.
    func flush() throws {
        let output = client.output()
        if !output.isEmpty { try socket.send(output) }
    }

    /// Reads until these streams have their answers, or the connection ends.
    func answers(_ ids: [Int32]) throws -> [HTTP2Client.Answer] {
        try flush()
        while !ids.allSatisfy({ client.answer($0).isWhole || client.answer($0).reset != nil }) {
            guard try receive() else { break }
            try flush()
        }
        return ids.map(client.answer)
    }

    /// Takes what has come; false when the connection has ended.
    func receive() throws -> Bool {
        let bytes = try socket.receive()
        client.receive(bytes)
        return !bytes.isEmpty
    }
}
