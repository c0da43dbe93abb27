import Sessions

extension Configuration.Sessions {
    /// What the stores are made from: reads the file of records, or loads the roots that TLS trusts.
    func origin() throws -> SessionStores.Origin {
        switch store {
        case .none: .none
        case .redis(let redis): .redis(try redis.storeConfiguration())
        case .memory(let memory): .memory(try memory.records())
        }
    }
}

extension Configuration.Store: CustomStringConvertible {
    /// Which kind it is, and where; without user and password.
    package var description: String {
        switch self {
        case .none: "none"
        case .redis(let redis): "redis \(redis.address)"
        case .memory(let memory): "memory \(memory.file)"
        }
    }
}
