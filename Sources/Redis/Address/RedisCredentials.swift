/// A password for Redis, and the ACL user that it is of. Printing it, in whatever way, shows neither.
package struct RedisCredentials: Sendable {
    /// Nil for the default user (`AUTH password`).
    private let user: [UInt8]?
    private let password: [UInt8]

    package init(user: [UInt8]?, password: [UInt8]) {
        self.user = user
        self.password = password
    }

    /// The arguments of `AUTH`: the only way out.
    var arguments: [[UInt8]] {
        if let user { [user, password] } else { [password] }
    }
}

extension RedisCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(redacted)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
