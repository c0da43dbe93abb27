import Redis
import Worker

extension RedisConfiguration {
    /// What a test doesn't say is more than it needs.
    init(
        to address: RedisAddress, connectTimeout: Duration = .seconds(5), commandTimeout: Duration = .seconds(5),
        maximumPending: Int = 10_000, role: RequiredRole = .primary, trackedPrefixes: [String] = [],
        readsUserEnds: Bool = false, names: NameService = .system, tls: TLSFiles = TLSFiles()
    ) {
        self.init(
            address: address, connectTimeout: connectTimeout, commandTimeout: commandTimeout,
            maximumPending: maximumPending, role: role, trackedPrefixes: trackedPrefixes,
            readsUserEnds: readsUserEnds, names: names, tls: tls.settings(for: address))
        maximumValueBytes = 1 << 20
    }
}
