import JOSE

/// A dictionary by digests, in parts: growing moves one part alone, so that no call does the work of all.
struct DigestTable<Value: Sendable>: Sendable {
    private var parts = [[SHA256Digest: Value]](repeating: [:], count: 256)
    private(set) var count = 0

    init() {}

    subscript(digest: SHA256Digest) -> Value? {
        get { parts[Self.part(of: digest)][digest] }
        set {
            let part = Self.part(of: digest)
            count -= parts[part].count
            parts[part][digest] = newValue
            count += parts[part].count
        }
    }

    /// Changes the value under a digest in its place, from this one when there is none.
    mutating func update(_ digest: SHA256Digest, from value: Value, by change: (inout Value) -> Void) {
        let part = Self.part(of: digest)
        count -= parts[part].count
        change(&parts[part][digest, default: value])
        count += parts[part].count
    }

    /// The hash that a part has is of all words, so this says nothing of it.
    private static func part(of digest: SHA256Digest) -> Int { Int(digest.firstWord & 255) }
}
