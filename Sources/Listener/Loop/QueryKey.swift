import Resolution

/// A query as a dictionary's key, hashed in one go: an array's own hashing feeds its bytes one by one.
struct QueryKey: Hashable {
    private let query: RecordQuery

    init(_ query: RecordQuery) {
        self.query = query
    }

    func hash(into hasher: inout Hasher) {
        unsafe query.key.withUnsafeBytes { bytes in unsafe hasher.combine(bytes: bytes) }
    }
}
