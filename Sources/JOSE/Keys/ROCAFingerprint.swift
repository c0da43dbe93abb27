/// The fingerprint of RSA moduli that a library in smart cards and TPMs made until 2017 (ROCA, CVE-2017-15361; Nemec et al.,
/// "The Return of Coppersmith's Attack", CCS 2017). They can be factored, those of 2048 bits for some ten thousand dollars.
///
/// The library takes primes of the form k · M + (65537ᵃ mod M), where M is the product of the first primes: of all up to 701, or
/// more, for the sizes that are taken here. So modulo each of these primes the modulus is a power of 65537, too. The primes up
/// to 167 tell: of other moduli one in 240 million has the fingerprint.
package enum ROCAFingerprint {
    /// The odd primes up to 167, each with the numbers below it that are powers of 65537.
    private static let primes = [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
        113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    ].map { prime in (prime: prime, powers: powers(modulo: prime)) }

    /// - Parameter modulus: the most significant byte first.
    package static func isFound(in modulus: [UInt8]) -> Bool {
        primes.allSatisfy { prime, powers in
            let residue = modulus.reduce(0) { residue, byte in (residue << 8 | Int(byte)) % prime }
            return powers[residue]
        }
    }

    /// For each number below the prime whether it is 65537 to some power.
    private static func powers(modulo prime: Int) -> [Bool] {
        var arePowers = [Bool](repeating: false, count: prime)
        var power = 1
        while !arePowers[power] {
            arePowers[power] = true
            power = power * 65537 % prime
        }
        return arePowers
    }
}
