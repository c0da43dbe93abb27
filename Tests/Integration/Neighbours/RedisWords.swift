/// Commands in the protocol of Redis, each on a connection of its own.
enum RedisWords {
    /// A command's reply, as it came.
    static func reply(to words: [String], at address: Address, password: String? = nil) throws -> String {
        let socket = try Socket.connect(to: address)
        if let password {
            try socket.send(encode(["AUTH", password]))
            let reply = String(decoding: try socket.receive(), as: UTF8.self)
            guard reply == "+OK\r\n" else { throw WireError.malformed(reply) }
        }
        try socket.send(encode(words))
        return String(decoding: try socket.receive(), as: UTF8.self)
    }

    private static func encode(_ words: [String]) -> String {
        "*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
    }
}
