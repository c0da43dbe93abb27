/// A record's key as a dictionary's, hashed once: a dictionary hashes a key again each time that it meets it.
struct QueryKey: Hashable {
    private let hash: Int
    private let key: [UInt8]

    init(_ key: [UInt8]) {
        var hasher = Hasher()
        unsafe key.withUnsafeBytes { bytes in unsafe hasher.combine(bytes: bytes) }
        self.hash = hasher.finalize()
        self.key = key
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(hash)
    }
}
