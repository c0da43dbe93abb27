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
    private static func hash(of name: RawSpan) -> UInt32 {
        var hash: UInt32 = 0x811c_9dc5
        for offset in 0..<name.byteCount { hash = (hash ^ UInt32(name[byte: offset])) &* 0x0100_0193 }
        // The index goes by the first bits, which the last letters have hardly reached.
        return (hash ^ hash >> 15) &* 0x9e37_79b1
    }
}
