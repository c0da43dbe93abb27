import Bytes

/// What is known of records beside answers: whether they have changed since they were read, and users' that have ended.
struct RecordMemory {
    var watches: RecordWatches
    var users: KnownUsers

    /// Whether a user's record has ended, and serves on: what the store says of its absence then needs no proof.
    func servesOn(for user: [UInt8], now: Moment) -> Bool {
        users.servesOn(for: user, isTold: watches.areTrusted(at: now), now: now)
    }

    /// What serves in place of a user's record that the store does not have; nil: Authgear is asked first.
    mutating func substitute(for user: [UInt8], now: Moment) -> KnownUsers.Substitute? {
        users.substitute(for: user, isTold: watches.areTrusted(at: now), now: now)
    }

    /// The same, now that Authgear was asked and could not say.
    mutating func lastResort(for user: [UInt8], now: Moment) -> UserRecord? {
        users.lastResort(for: user, isTold: watches.areTrusted(at: now), now: now)
    }
}
