package import Sessions

extension Configuration.Redis {
    /// The same, as the store takes it; loads the system's trusted roots when it is to speak TLS.
    package func storeConfiguration() throws -> RedisConfiguration {
        try RedisConfiguration(address: address, connectTimeout: connectTimeout, commandTimeout: commandTimeout)
    }
}
