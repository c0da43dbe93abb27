/// A command that a connection sends before it is used.
package struct SetUpCommand: Sendable, CustomStringConvertible {
    package enum Name: String, Sendable {
        case auth = "AUTH"
        case select = "SELECT"
        case ping = "PING"
        case clientID = "CLIENT ID"
        case info = "INFO"
        case subscribe = "SUBSCRIBE"
        case sentinel = "SENTINEL GET-MASTER-ADDR-BY-NAME"
        case hello = "HELLO"
        case tracking = "CLIENT TRACKING"
    }

    package let name: Name
    /// The whole command, its name first. It may hold the password, so it is never printed.
    package let arguments: [[UInt8]]

    private init(_ name: Name, _ arguments: [[UInt8]] = []) {
        self.name = name
        self.arguments = name.rawValue.split(separator: " ").map { word in Array(word.utf8) } + arguments
    }

    package var description: String { name.rawValue }

    /// What the feed of changes needs: the password, its client id, which server it has reached, and its one channel.
    package static func feedCommands(for address: RedisAddress) -> [SetUpCommand] {
        authentication(for: address) + [
            SetUpCommand(.clientID), SetUpCommand(.info, [Array("server".utf8)]),
            SetUpCommand(.subscribe, [Array("\(FeedMessage.channel)".utf8)]),
        ]
    }

    /// What a feed needs that tells on the connection itself (RESP3): all keys that begin with these prefixes, of which none begins another.
    ///
    /// In broadcast mode, which costs the server no memory.
    package static func pushCommands(for address: RedisAddress, prefixes: [String]) -> [SetUpCommand] {
        let words = ["ON", "BCAST"] + prefixes.flatMap { ["PREFIX", $0] }
        return authentication(for: address) + [
            SetUpCommand(.hello, [Array("3".utf8)]), SetUpCommand(.clientID),
            SetUpCommand(.info, [Array("server".utf8)]), SetUpCommand(.tracking, words.map { Array($0.utf8) }),
        ]
    }

    /// Whether the connection can do without it: it can be read by a user who may not `PING`, or where that has another name. The
    /// proof of each round says then that nothing may be kept.
    func mayBeRefused(with error: RedisErrorCode) -> Bool {
        name == .ping && (error == .noPermission || error == .unknownCommand)
    }

    /// What an address asks for: its password, its database, and whether the server is willing.
    package static func commands(for address: RedisAddress) -> [SetUpCommand] {
        var commands = authentication(for: address)
        if address.database != 0 {
            commands.append(SetUpCommand(.select, [Array(String(address.database).utf8)]))
        }
        return commands + [SetUpCommand(.ping)]
    }

    private static func authentication(for address: RedisAddress) -> [SetUpCommand] {
        address.credentials.map { credentials in [SetUpCommand(.auth, credentials.arguments)] } ?? []
    }
}
