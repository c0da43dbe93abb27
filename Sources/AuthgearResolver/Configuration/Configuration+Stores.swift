import Bytes
package import Sessions

extension Configuration.Redis {
    /// The same, as the store takes it; loads the system's trusted roots when it is to speak TLS.
    package func storeConfiguration() throws -> RedisConfiguration {
        try RedisConfiguration(address: address, connectTimeout: connectTimeout, commandTimeout: commandTimeout)
    }
}

extension Configuration.Memory {
    /// The most bytes that a file of records may have.
    package static let maximumBytes = 64 << 20

    /// Reads the file's records.
    package func records() throws(RecordFileError) -> MemoryRecords {
        do {
            let bytes = try File.contents(of: file, limit: Self.maximumBytes)
            return try MemoryRecords(file: bytes.span.bytes)
        } catch {
            throw RecordFileError(description: "\(file): \(error)")
        }
    }
}
