import Bytes

/// Finds an access policy by its name with one look-up; allocates nothing.
struct PolicyNames: Sendable {
    private let names: [[UInt8]]
    private var index = HashIndex()

    init(_ policies: [AccessPolicy]) {
        names = policies.map { Array($0.name.utf8) }
        for (place, name) in names.enumerated() { index.insert(place, hash: Self.hash(of: name.span.bytes)) }
    }

    /// The place of the policy with exactly this name.
    @inline(__always)
    func place(of name: RawSpan) -> Int? {
        guard !names.isEmpty else { return nil }
        return index.find(hash: Self.hash(of: name)) { place in
            let known = names[place]
            return known.span.bytes.equals(name)
        }
    }

    /// Names come from the configuration: nobody can fill the table with those that collide.
    private static func hash(of name: RawSpan) -> UInt32 {
        var hash: UInt32 = 0x811c_9dc5
        for offset in 0..<name.byteCount { hash = (hash ^ UInt32(name[byte: offset])) &* 0x0100_0193 }
        // The index goes by the first bits, which the last letters have hardly reached.
        return (hash ^ hash >> 15) &* 0x9e37_79b1
    }
}
