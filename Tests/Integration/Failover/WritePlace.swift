/// Where a write is to be, so that no failover loses it.
struct WritePlace: Sendable {
    /// Where it is sent.
    var primary: RedisServer
    /// Who must come to have it, too: each of these may become the primary. Empty when nobody is to be promoted: then what the primary
    /// acknowledged is not lost.
    var heirs: [RedisServer]
    /// Grows with each change of roles.
    var generation: Int
}
