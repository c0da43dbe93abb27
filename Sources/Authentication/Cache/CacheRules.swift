/// What may be answered from memory, and for how long. Bounds are those of one event loop.
package struct CacheRules: Hashable, Sendable {
    /// How many tokens are remembered that were refused after their signature was looked at.
    static let refusedTokens = CacheBound(entries: 4096, bytes: 1 << 20)

    /// Of how many tokens that somebody is asked about it is remembered that their signatures are right.
    static let verifiedGrants = CacheBound(entries: 8192, bytes: 4 << 20)

    /// Of how many credentials it is remembered which records they lead to.
    static let chains = CacheBound(entries: 8192, bytes: 4 << 20)

    /// Of how many sessions it is remembered when they were touched.
    static let touches = CacheBound(entries: 8192, bytes: 2 << 20)

    /// How many keys of DPoP proofs are kept ready to verify with, and about what one takes: an RSA key of the largest size.
    static let proofKeys = CacheBound(entries: 1024, bytes: 4 << 20)
    static let proofKeyBytes = 4 << 10

    package var tokens: CacheBound
    package var sessions: CacheBound
    /// How long after it was read a session may be answered from memory, whatever the store says (`sessions.cache.max_age`).
    package var sessionMaximumAge: Duration

    package init(tokens: CacheBound, sessions: CacheBound, sessionMaximumAge: Duration) {
        self.tokens = tokens
        self.sessions = sessions
        self.sessionMaximumAge = sessionMaximumAge
    }

    /// How many users' records are known at a time.
    var users: CacheBound { CacheBound(entries: sessions.entries, bytes: sessions.bytes / 4) }

    /// About how many records are watched at a time: four for each answer, seldom five.
    var watchedRecords: Int { sessions.entries * 4 }
}

/// How much a cache may hold. Nothing, when either is zero.
package struct CacheBound: Hashable, Sendable {
    package var entries: Int
    /// The memory that its entries may take, in bytes.
    package var bytes: Int

    package init(entries: Int, bytes: Int) {
        self.entries = entries
        self.bytes = bytes
    }
}

/// What one event loop's cache did so far and holds now, for `/metrics`.
package struct CacheFigures: Sendable {
    package var hits = 0
    package var misses = 0
    package var evictions = 0
    package var entries = 0
    /// What its entries take, in bytes.
    package var bytes = 0

    package init() {}

    init(of cache: SieveCache<some Any>, hits: Int, misses: Int) {
        self.hits = hits
        self.misses = misses
        evictions = cache.evictions
        entries = cache.count
        bytes = cache.bytes
    }

    /// Adds another event loop's figures to these.
    package mutating func merge(_ other: CacheFigures) {
        hits += other.hits
        misses += other.misses
        evictions += other.evictions
        entries += other.entries
        bytes += other.bytes
    }
}
