import Bytes

/// Finds an issuer by its identifier with one look-up, however many there are, and allocates nothing for it.
///
/// Not a dictionary, whose key would have to be made from the token's bytes first. Its entries come from the configuration,
/// so nobody can fill it with names that collide.
struct IssuerTable: Sendable {
    private let identifiers: [[UInt8]]
    private var index = HashIndex()
    /// Nothing longer is hashed.
    private let longest: Int

    /// Of two equal identifiers the first counts.
    init(_ identifiers: [[UInt8]]) {
        self.identifiers = identifiers
        self.longest = identifiers.map(\.count).max() ?? 0
        for (place, identifier) in identifiers.enumerated() where position(of: identifier.span.bytes) == nil {
            index.insert(place, hash: Self.hash(of: identifier.span.bytes))
        }
    }

    /// The position of the issuer with exactly this identifier.
    func position(of identifier: RawSpan) -> Int? {
        guard identifier.byteCount <= longest else { return nil }
        return index.find(hash: Self.hash(of: identifier)) { place in
            let known = identifiers[place]
            return known.span.bytes.equals(identifier)
        }
    }

    /// FNV-1a, 64 bits, folded.
    private static func hash(of bytes: RawSpan) -> UInt32 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for offset in 0..<bytes.byteCount { hash = (hash ^ UInt64(bytes[byte: offset])) &* 0x100_0000_01b3 }
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
