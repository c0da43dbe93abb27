import Redis

extension Configuration.Store: CustomStringConvertible {
    /// Which kind it is, and where; without user and password.
    package var description: String {
        switch self {
        case .none: "none"
        case .authgear: "authgear"
        case .redis(let redis): "redis \(redis.address)"
        case .memory(let memory): "memory \(memory.file)"
        }
    }
}
