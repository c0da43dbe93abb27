package import Redis

/// What a worker is told of Redis (contract section 7, `sessions.redis`). One value serves all workers.
package struct RedisConfiguration: Sendable {
    package let options: RedisConnectionState.Options
    /// Where names lead.
    let names: NameService
    /// Nil unless the address is `rediss://`.
    let tls: TLSSettings?

    package init(
        address: RedisAddress, connectTimeout: Duration, commandTimeout: Duration, maximumPending: Int,
        role: RequiredRole = .primary, trackedPrefixes: [String] = [],
        readsUserEnds: Bool = false, names: NameService = .system, tls: TLSSettings? = nil
    ) {
        options = RedisConnectionState.Options(
            address: address, connectTimeout: connectTimeout, commandTimeout: commandTimeout,
            maximumPending: maximumPending, role: role, trackedPrefixes: trackedPrefixes, readsUserEnds: readsUserEnds)
        self.names = names
        self.tls = tls
    }
}
