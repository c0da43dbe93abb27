import Tokens

/// Whose the sessions are whose cookies were good, by the cookies' digests: so that both records can be read at once. Each is
/// still read, and decides, each time.
struct SessionOwners {
    /// The keys of the users' records.
    private var keys = SieveCache<[UInt8]>(bound: CacheRules.owners)

    /// The question for the record of the cookie's user, if it is known who that is.
    mutating func query(for cookie: SHA256Digest) -> RecordQuery? {
        keys.value(for: cookie).map { key in RecordQuery(kind: .user, key: key) }
    }

    mutating func remember(_ query: RecordQuery, for cookie: SHA256Digest) {
        guard keys.value(for: cookie) != query.key else { return }
        keys.insert(query.key, for: cookie, cost: query.key.count)
    }

    mutating func forget(_ cookie: SHA256Digest) {
        keys.remove(cookie)
    }
}
