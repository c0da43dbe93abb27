/// Why the store has no answer.
package enum StoreFailure: UInt8, CaseIterable, Error, Sendable {
    /// There is no connection to the store at this moment.
    case disconnected
    /// The store did not answer within `sessions.redis.command_timeout`.
    case timedOut
    /// The store answered with an error (LOADING, NOAUTH, WRONGTYPE, …), or not with its own
    /// protocol.
    case refused
    /// The store is reachable, and is not the one that is believed: a replica, say, which may be behind.
    case notPrimary
    /// More look-ups are waiting than are allowed.
    case overloaded
}
