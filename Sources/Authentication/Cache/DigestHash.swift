/// Hashes the first word of a digest with a secret key, by multiply-shift (Dietzfelbinger et al., 1997).
///
/// A digest's bits are not all left to chance: who makes many tokens can keep those whose digests begin alike. With a random
/// odd multiplier two different words share their first n bits of hash with a chance of at most 2 in 2ⁿ, whichever two
/// they are. That holds for the upper bits of the product's lower word, and for no others: in its upper word, words that
/// begin alike stay together, whatever the key.
package struct DigestHash: Sendable {
    /// Odd.
    private let multiplier: UInt64

    /// Every odd number makes as good a key as any other.
    ///
    /// - Parameter random: bits that nobody can foresee.
    package init(random: UInt64 = .random(in: .min ... .max)) {
        multiplier = random | 1
    }

    /// 32 bits, the first of which are the best.
    package func callAsFunction(_ word: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: (word &* multiplier) >> 32)
    }
}
