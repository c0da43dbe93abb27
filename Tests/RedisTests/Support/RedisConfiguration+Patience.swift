import Redis
import Trust

extension RedisConfiguration {
    /// What a test doesn't say is more than it needs.
    init(
        to address: RedisAddress, connectTimeout: Duration = .seconds(5), commandTimeout: Duration = .seconds(5),
        maximumPending: Int = 10_000, role: RequiredRole = .primary, trackedPrefixes: [String] = [],
        readsUserEnds: Bool = false, names: NameService = .system, tls: RedisTLS = RedisTLS()
    ) {
        self.init(
            address: address, connectTimeout: connectTimeout, commandTimeout: commandTimeout,
            maximumPending: maximumPending, role: role, trackedPrefixes: trackedPrefixes,
            readsUserEnds: readsUserEnds, names: names, tls: tls)
    }
}

extension RedisTLS {
    /// Trusts the certificates of a file.
    init(trusting path: String) {
        self.init()
        anchors = .file(NamedFile(path, key: "tls.ca_file"))
    }
}
