/// A command that a connection sends before it is used.
package struct SetUpCommand: Sendable, CustomStringConvertible {
    package enum Name: String, Sendable {
        case auth = "AUTH"
        case select = "SELECT"
        case ping = "PING"
    }

    package let name: Name
    /// The whole command, its name first. It may hold the password, so it is never printed.
    package let arguments: [[UInt8]]

    private init(_ name: Name, _ arguments: [[UInt8]] = []) {
        self.name = name
        self.arguments = [Array(name.rawValue.utf8)] + arguments
    }

    package var description: String { name.rawValue }

    /// What an address asks for: its password, its database, and whether the server is willing.
    package static func commands(for address: RedisAddress) -> [SetUpCommand] {
        var commands: [SetUpCommand] = []
        if let credentials = address.credentials {
            commands.append(SetUpCommand(.auth, credentials.arguments))
        }
        if address.database != 0 {
            commands.append(SetUpCommand(.select, [Array(String(address.database).utf8)]))
        }
        return commands + [SetUpCommand(.ping)]
    }
}
