import Resolution

/// A query as a dictionary's key, hashed once: a dictionary hashes a key again each time that it meets it.
struct QueryKey: Hashable {
    private let hash: Int
    let query: RecordQuery

    init(_ query: RecordQuery) {
        var hasher = Hasher()
        unsafe query.key.withUnsafeBytes { bytes in unsafe hasher.combine(bytes: bytes) }
        self.hash = hasher.finalize()
        self.query = query
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(hash)
    }
}
