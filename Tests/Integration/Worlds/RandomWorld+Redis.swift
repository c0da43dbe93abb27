import EventLoop

extension RandomWorld {
    /// What the store is to have under a key.
    private struct Entry {
        var key: String
        var condition: RecordCondition
        var json: String
    }

    /// The records of a name, under the keys at which Authgear keeps them.
    private func entries(_ name: RecordName) -> [Entry] {
        func entry<Value>(_ key: String, _ stored: Stored<Value>?, _ json: (Stored<Value>) -> String) -> [Entry] {
            stored.map { [Entry(key: "app:my-project:\(key)", condition: $0.condition, json: json($0))] } ?? []
        }
        return switch name {
        case .session(let id): entry("session:\(id)", sessions[id]) { WorldText.session(id, $0) }
        case .grant(let id): entry("offline-grant:\(id)", grants[id]) { WorldText.grant(id, $0) }
        case .access(let token):
            entry("access-grant:\(WorldText.hash(of: token))", access[token]) { WorldText.access(token, $0) }
        case .app(let value):
            entry("app-session:\(WorldText.hash(of: value))", apps[value]) { WorldText.app(value, $0) }
        case .user(let id):
            entry("userinfo:\(id):__greatest__", greatest[id]) { WorldText.user(id, $0) }
                + entry("userinfo:\(id):bearer", bearers[id]) { WorldText.user(id, $0) }
        }
    }

    /// The commands that bring a record to what it is here.
    func commands(for name: RecordName) -> [[String]] {
        let entries = entries(name)
        return [["DEL"] + entries.map(\.key)]
            + entries.filter { $0.condition != .missing }.map { entry in
                if entry.condition == .hash { return ["HSET", entry.key, "field", entry.json] }
                // Some end by themselves, as those of Authgear do; none within a test.
                return ["SET", entry.key, entry.json] + (entry.json.utf8.count % 2 == 0 ? ["EX", "3600"] : [])
            }
    }

    /// All records, for a person who looks for a difference.
    var description: String {
        names.flatMap(entries).map { "\($0.key) (\($0.condition.rawValue)): \($0.json.prefix(2_000))" }
            .joined(separator: "\n")
    }
}

/// A connection on which many commands are sent at once.
struct RedisPipe {
    private let socket: Socket

    init(to redis: RedisServer) throws { socket = try Socket.connect(to: redis.address) }

    /// Has commands done that are answered with a line each, and none of them with an error.
    func run(_ commands: [[String]]) throws {
        for start in stride(from: 0, to: commands.count, by: 200) {
            let part = commands[start..<min(start + 200, commands.count)]
            try socket.send(
                part.map { words in
                    "*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
                }.joined())
            var replies: [UInt8] = []
            while replies.count(where: { $0 == UInt8(ascii: "\n") }) < part.count {
                let bytes = try socket.receive()
                guard !bytes.isEmpty else { throw WireError.closed(after: String(decoding: replies, as: UTF8.self)) }
                replies += bytes
            }
            let text = String(decoding: replies, as: UTF8.self)
            if text.split(separator: "\r\n").contains(where: { $0.hasPrefix("-") }) { throw WireError.malformed(text) }
        }
    }
}
