import JOSE

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
