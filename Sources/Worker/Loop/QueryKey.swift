import Authentication

/// A question as a dictionary's key, with the hash that it has: a dictionary hashes a key again each time that it meets it.
/// Who needs a proof that there is no record does not share a reply that has none.
struct QueryKey: Hashable {
    private let hash: Int
    private let key: [UInt8]
    private let absenceNeedsProof: Bool

    init(_ query: RecordQuery) {
        hash = query.keyHash
        key = query.key
        absenceNeedsProof = query.absenceNeedsProof
    }

    /// All questions for the record under a key.
    static func all(for key: [UInt8]) -> [QueryKey] {
        let hash = RecordQuery.hash(of: key)
        return [true, false].map { QueryKey(hash: hash, key: key, absenceNeedsProof: $0) }
    }

    private init(hash: Int, key: [UInt8], absenceNeedsProof: Bool) {
        self.hash = hash
        self.key = key
        self.absenceNeedsProof = absenceNeedsProof
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(hash)
    }
}
