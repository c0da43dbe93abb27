/// Where a Redis server is and how to be let in.
package struct RedisAddress: Hashable, Sendable {
    package enum Endpoint: Hashable, Sendable {
        case tcp(host: String, port: Int)
        /// The same within TLS; the certificate must be for `host`.
        case tls(host: String, port: Int)
        case unix(path: String)
        /// The server that these Sentinels call the primary.
        case sentinels(SentinelGroup)
    }

    package var endpoint: Endpoint
    /// Nil when the server asks for no password.
    package var credentials: RedisCredentials?
    package var database: Int

    package init(endpoint: Endpoint, credentials: RedisCredentials? = nil, database: Int = 0) {
        self.endpoint = endpoint
        self.credentials = credentials
        self.database = database
    }
}

extension RedisAddress: CustomStringConvertible, CustomDebugStringConvertible {
    /// The place alone, such as `127.0.0.1:6379` or `unix:/run/redis.sock`: fit for logs.
    package var description: String {
        switch endpoint {
        case .tcp(let host, let port), .tls(let host, let port):
            host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        case .sentinels(let group): "\(group)"
        }
    }

    package var debugDescription: String { description }
}

/// A password for Redis, and the ACL user that it is of. Printing it, in whatever way, shows neither.
package struct RedisCredentials: Hashable, Sendable {
    /// Nil for the default user (`AUTH password`).
    private let user: [UInt8]?
    private let password: [UInt8]

    package init(user: [UInt8]?, password: [UInt8]) {
        self.user = user
        self.password = password
    }

    /// The same with another user or password, where they are given.
    package func replacing(user: [UInt8]?, password: [UInt8]?) -> RedisCredentials {
        RedisCredentials(user: user ?? self.user, password: password ?? self.password)
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

extension RedisAddress {
    /// The same for nobody in particular.
    package var withoutCredentials: RedisAddress {
        var address = self
        address.credentials = nil
        if case .sentinels(var group) = endpoint {
            group.credentials = nil
            address.endpoint = .sentinels(group)
        }
        return address
    }
}
