import Resolution

/// A record's key as a dictionary's, with the hash that it has: a dictionary hashes a key again each time that it meets it.
struct QueryKey: Hashable {
    private let hash: Int
    private let key: [UInt8]

    init(_ query: RecordQuery) {
        hash = query.keyHash
        key = query.key
    }

    init(_ key: [UInt8]) {
        hash = RecordQuery.hash(of: key)
        self.key = key
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(hash)
    }
}
