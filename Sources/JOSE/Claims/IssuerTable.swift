import Bytes

/// Finds an issuer by its identifier with one look-up, however many there are, and allocates nothing for it.
///
/// A hash table of our own, because a dictionary's key would have to be made from the token's bytes first. Its entries
/// come from the configuration, so nobody can fill it with names that collide.
struct IssuerTable: Sendable {
    private let identifiers: [[UInt8]]
    /// Positions in `identifiers`, or -1. A power of two, at most half of them in use.
    private var slots: [Int]
    /// Nothing longer is hashed.
    private let longest: Int

    /// Of two equal identifiers the first counts.
    init(_ identifiers: [[UInt8]]) {
        var capacity = 2
        while capacity < 2 * identifiers.count { capacity *= 2 }
        self.identifiers = identifiers
        self.slots = Array(repeating: -1, count: capacity)
        self.longest = identifiers.map(\.count).max() ?? 0
        for (index, identifier) in identifiers.enumerated() {
            let slot = slot(of: identifier.span.bytes)
            if slots[slot] < 0 { slots[slot] = index }
        }
    }

    /// The position of the issuer with exactly this identifier.
    func index(of identifier: RawSpan) -> Int? {
        guard identifier.byteCount <= longest else { return nil }
        let index = slots[slot(of: identifier)]
        return index < 0 ? nil : index
    }

    /// The slot that holds the identifier, or the free one where it would stand.
    private func slot(of identifier: RawSpan) -> Int {
        var slot = Self.hash(identifier) & (slots.count - 1)
        while slots[slot] >= 0, !isIdentifier(identifier, at: slots[slot]) {
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private func isIdentifier(_ bytes: RawSpan, at index: Int) -> Bool {
        let identifier = identifiers[index]
        return identifier.span.bytes.equals(bytes)
    }

    /// FNV-1a, 64 bits, folded.
    private static func hash(_ bytes: RawSpan) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for offset in 0..<bytes.byteCount { hash = (hash ^ UInt64(bytes[byte: offset])) &* 0x100_0000_01b3 }
        return Int(truncatingIfNeeded: (hash ^ hash >> 32) & 0x7FFF_FFFF)
    }
}
