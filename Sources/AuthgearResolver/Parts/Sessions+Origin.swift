import Resolution
import Sessions

extension Configuration.Sessions {
    /// What the stores are made from: reads the file of records, or loads the roots that TLS trusts.
    package func origin() throws -> SessionStores.Origin {
        switch store {
        case .none: .none
        case .redis(let redis):
            .redis(
                try redis.storeConfiguration(
                    trackedPrefixes: SessionRules.keyPrefixes(appID: appID)))
        case .memory(let memory): .memory(try memory.records())
        }
    }
}
