import Bytes
import Redis
import Trust
package import Worker

extension Configuration.Redis {
    /// The same, as the store takes it.
    ///
    /// - Parameters:
    ///   - connections: how many connections of the gateway there may be. Each has one request that waits for one look-up;
    ///     as many again may be left of connections that were closed meanwhile.
    ///   - trackedPrefixes: what the keys begin with whose changes are to be told.
    ///   - readsUserEnds: whether it matters when users' records end.
    package func storeConfiguration(connections: Int, trackedPrefixes: [String] = [], readsUserEnds: Bool = false)
        -> RedisConfiguration
    {
        RedisConfiguration(
            address: address, connectTimeout: connectTimeout, commandTimeout: commandTimeout,
            maximumPending: 2 * connections, role: requiredRole, trackedPrefixes: trackedPrefixes,
            readsUserEnds: readsUserEnds, tls: tlsSettings)
    }

    /// Nil unless the address is `rediss://`.
    private var tlsSettings: TLSSettings? {
        guard case .tls(let host, _) = address.endpoint else { return nil }
        let source = TLSContextSource(trusting: tls.anchors, as: tls.identity)
        return TLSSettings(server: tls.serverName ?? host) { try source.context() }
    }

    private var requiredRole: RequiredRole {
        switch role {
        case .primary: .primary
        case .any: .any(maximumLag: maxReplicaLag.nanoseconds)
        }
    }
}
