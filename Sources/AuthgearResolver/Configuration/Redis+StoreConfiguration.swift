import NIOCore
package import Redis

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
            readsUserEnds: readsUserEnds, tls: tls)
    }

    private var requiredRole: RequiredRole {
        switch role {
        case .primary: .primary
        case .any: .any(maximumLag: TimeAmount(maxReplicaLag))
        }
    }
}
