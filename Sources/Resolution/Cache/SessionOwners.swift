import Tokens

/// Whose the sessions are whose cookies were good, by the cookies' digests: so that both records can be read at once. Each is
/// still read, and decides, each time.
struct SessionOwners {
    /// The questions for the users' records.
    private var queries = SieveCache<RecordQuery>(bound: CacheRules.owners)

    /// The question for the record of the cookie's user, if it is known who that is.
    mutating func query(for cookie: SHA256Digest) -> RecordQuery? {
        queries.value(for: cookie)
    }

    mutating func remember(_ query: RecordQuery, for cookie: SHA256Digest) {
        guard queries.value(for: cookie) != query else { return }
        queries.insert(query, for: cookie, cost: query.key.count)
    }

    mutating func forget(_ cookie: SHA256Digest) {
        queries.remove(cookie)
    }
}
