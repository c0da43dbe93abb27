package import NIOCore
package import NIOSSL

/// What a `RedisStore` is told (contract section 7, `sessions.redis`). One serves all event loops.
package struct RedisConfiguration: Sendable {
    package let address: RedisAddress
    /// For the connection with its TLS handshake, AUTH and SELECT, together.
    package let connectTimeout: TimeAmount
    /// For one look-up.
    package let commandTimeout: TimeAmount
    /// Look-ups that may wait on one event loop.
    package let maximumPending: Int
    /// What the keys begin with whose changes are told; empty: all keys.
    package let trackedPrefixes: [String]
    /// Nil unless the address is `rediss://`.
    let tls: NIOSSLContext?

    /// - Parameter trustRoots: who may vouch for the server's certificate; the system's roots unless given.
    /// - Throws: `NIOSSLError` when the trust roots can't be loaded.
    package init(
        address: RedisAddress, connectTimeout: Duration, commandTimeout: Duration, maximumPending: Int,
        trackedPrefixes: [String] = [], trustRoots: NIOSSLTrustRoots = .default
    ) throws {
        self.address = address
        self.connectTimeout = TimeAmount(connectTimeout)
        self.commandTimeout = TimeAmount(commandTimeout)
        self.maximumPending = maximumPending
        self.trackedPrefixes = trackedPrefixes
        if case .tls = address.endpoint {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            configuration.trustRoots = trustRoots
            self.tls = try NIOSSLContext(configuration: configuration)
        } else {
            self.tls = nil
        }
    }
}
