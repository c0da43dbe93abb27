package import Sessions

extension Configuration.Redis {
    /// The same, as the store takes it; loads the system's trusted roots when it is to speak TLS.
    ///
    /// - Parameter trackedPrefixes: what the keys begin with whose changes are to be told.
    package func storeConfiguration(trackedPrefixes: [String] = []) throws -> RedisConfiguration {
        try RedisConfiguration(
            address: address, connectTimeout: connectTimeout, commandTimeout: commandTimeout,
            trackedPrefixes: trackedPrefixes)
    }
}
