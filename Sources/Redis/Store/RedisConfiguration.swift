package import NIOCore
import Trust

/// What a `RedisStore` is told (contract section 7, `sessions.redis`). One serves all event loops.
package struct RedisConfiguration: Sendable {
    package let address: RedisAddress
    /// For the connection with its TLS handshake, AUTH and SELECT, together.
    package let connectTimeout: TimeAmount
    /// For one look-up.
    package let commandTimeout: TimeAmount
    /// Look-ups that may wait on one event loop.
    package let maximumPending: Int
    /// Which servers are believed.
    package let role: RequiredRole
    /// What the keys begin with whose changes are told; empty: all keys.
    package let trackedPrefixes: [String]
    /// Whether it is read when users' records end, where changes are told.
    package let readsUserEnds: Bool
    /// Where names lead.
    let names: NameService
    /// Nil unless the address is `rediss://`.
    let tls: ClientTLS?
    /// The name that the server's certificate must be for; nil when the address that is connected to is in its place.
    let serverName: String?

    package init(
        address: RedisAddress, connectTimeout: Duration, commandTimeout: Duration, maximumPending: Int,
        role: RequiredRole = .primary, trackedPrefixes: [String] = [],
        readsUserEnds: Bool = false, names: NameService = .system, tls: RedisTLS = RedisTLS()
    ) {
        self.address = address
        self.connectTimeout = TimeAmount(connectTimeout)
        self.commandTimeout = TimeAmount(commandTimeout)
        self.maximumPending = maximumPending
        self.role = role
        self.readsUserEnds = readsUserEnds
        self.names = names
        self.trackedPrefixes = trackedPrefixes
        if case .tls(let host, _) = address.endpoint {
            self.tls = ClientTLS(trusting: tls.anchors, as: tls.identity)
            // The first connection finds the files read. What is wrong with them is said by who connects.
            _ = try? self.tls?.context()
            // SNI is for names alone (RFC 6066 section 3).
            let isName = (try? SocketAddress(ipAddress: host, port: 0)) == nil
            serverName = tls.serverName ?? (isName ? host : nil)
        } else {
            self.tls = nil
            serverName = nil
        }
    }
}
