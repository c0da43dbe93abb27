import Bytes
import JOSE

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

/// Which records the chains of credentials that were good led to, by the credentials' digests: so that all can be read at
/// once. Each is still read, and decides, each time.
struct KnownChains {
    private var chains = SieveCache<[RecordQuery]>(bound: CacheRules.chains)

    /// The records behind the first one; empty when they are not known.
    mutating func records(behind credential: SHA256Digest) -> [RecordQuery] {
        chains.value(for: credential) ?? []
    }

    /// Whether the credential was good before.
    mutating func knows(_ credential: SHA256Digest) -> Bool { chains.value(for: credential) != nil }

    mutating func remember(_ records: [RecordQuery], behind credential: SHA256Digest) {
        chains.insert(records, for: credential, cost: records.reduce(0) { $0 + $1.key.count })
    }

    mutating func forgetAll() { chains.removeAll() }

    mutating func forget(_ credential: SHA256Digest) {
        chains.remove(credential)
    }
}
