import NIOSSL
import Sessions

extension RedisConfiguration {
    /// What a test doesn't say is more than it needs.
    init(
        to address: RedisAddress, connectTimeout: Duration = .seconds(5), commandTimeout: Duration = .seconds(5),
        maximumPending: Int = 10_000, trackedPrefixes: [String] = [], trustRoots: NIOSSLTrustRoots = .default
    ) throws {
        try self.init(
            address: address, connectTimeout: connectTimeout, commandTimeout: commandTimeout,
            maximumPending: maximumPending, trackedPrefixes: trackedPrefixes, trustRoots: trustRoots)
    }
}
