import Authentication
import Redis

extension Configuration {
    /// What the session stores are made from: reads the file of records.
    package func storeOrigin() throws(RecordFileError) -> RecordStores.Origin {
        switch sessions.store {
        case .none, .authgear: .none
        case .redis(let redis):
            .redis(
                redis.storeConfiguration(
                    connections: limits.connections,
                    trackedPrefixes: RecordKeys(appID: sessions.appID).prefixes,
                    readsUserEnds: authgear != nil))
        case .memory(let memory): .memory(try memory.records())
        }
    }
}
