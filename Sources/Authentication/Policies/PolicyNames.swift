import Bytes

/// Finds an access policy by its name with one look-up; allocates nothing.
struct PolicyNames: Sendable {
    /// All names, one behind the other.
    private var names: [UInt8] = []
    private var places: [Range<Int>] = []
    private var index = HashIndex()

    init(_ policies: [AccessPolicy]) {
        for (place, policy) in policies.enumerated() {
            let name = Array(policy.name.utf8)
            places.append(names.count..<names.count + name.count)
            names += name
            index.insert(place, hash: Self.hash(of: name.span.bytes))
        }
    }

    /// The place of the policy with exactly this name.
    @inline(__always)
    func place(of name: RawSpan) -> Int? {
        guard !names.isEmpty else { return nil }
        return index.find(hash: Self.hash(of: name)) { names.span.bytes.extracting(places[$0]).equals(name) }
    }

    /// Names come from the configuration: nobody can fill the table with those that collide.
    @inline(__always)
    private static func hash(of name: RawSpan) -> UInt32 {
        let count = name.byteCount
        var hash = UInt64(count)
        if count >= 8 {
            for offset in stride(from: 0, to: count - 8, by: 8) { hash = mixed(hash, name[word: offset]) }
            hash = mixed(hash, name[word: count - 8])
        } else {
            var word: UInt64 = 0
            for offset in 0..<count { word = word << 8 | UInt64(name[byte: offset]) }
            hash = mixed(hash, word)
        }
        return UInt32(truncatingIfNeeded: hash >> 32)
    }

    /// The upper half, of which the index goes by the first bits, is of all bits of both.
    @inline(__always)
    private static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        (hash ^ word ^ word >> 32) &* 0x9e37_79b9_7f4a_7c15
    }
}
