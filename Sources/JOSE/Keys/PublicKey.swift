import CLibcrypto

/// A public key that libcrypto holds. Its owner frees it; what is made from it keeps a reference of its own.
@safe struct PublicKey: ~Copyable {
    /// An `EVP_PKEY`.
    let pointer: OpaquePointer
    /// Bytes in a signature made with it.
    let signatureBytes: Int

    /// The sizes of RSA moduli that are taken, in bits: smaller ones are weak (RFC 7518 section 3.3), larger ones are slow.
    static let modulusBits = 2048...8192
    /// The largest RSA exponent that is taken, in bytes: verification takes time in proportion to it.
    static let maximumExponentBytes = 8

    /// Checks the numbers and takes them.
    ///
    /// - Parameter material: canonical.
    init(_ material: PublicKeyMaterial) throws(KeyRefusal) {
        defer { ERR_clear_error() }
        // First: what the arithmetic takes grows with the sizes.
        try Self.checkSizes(of: material)
        switch material {
        case .rsa(let modulus, let exponent): try self.init(modulus: modulus, exponent: exponent)
        case .ec(let curve, let x, let y): try self.init(curve: curve, x: x, y: y)
        case .ed25519(let x): try self.init(ed25519: x)
        }
    }

    deinit {
        unsafe EVP_PKEY_free(pointer)
    }

    /// A copy of one of the numbers, a `BIGNUM` that the caller frees; nil when the key has no such number.
    func number(named name: String) -> OpaquePointer? {
        var number: OpaquePointer?
        return unsafe EVP_PKEY_get_bn_param(pointer, name, &number) == 1 ? number : nil
    }

    /// Whether the numbers have sizes that are taken, and no sight tells that they are those of no key.
    ///
    /// - Parameter material: canonical.
    static func checkSizes(of material: PublicKeyMaterial) throws(KeyRefusal) {
        switch material {
        case .rsa(let modulus, let exponent):
            let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
            guard modulusBits.contains(bits), modulus.last.map({ $0 & 1 == 1 }) == true else {
                throw .modulusUnsuitable
            }
            guard 1...maximumExponentBytes ~= exponent.count, exponent.last.map({ $0 & 1 == 1 }) == true,
                exponent != [1]
            else { throw .exponentUnsuitable }
        case .ec(let curve, let x, let y):
            guard x.count == curve.coordinateBytes, y.count == curve.coordinateBytes else { throw .pointUnsuitable }
        case .ed25519(let x):
            guard x.count == 32 else { throw .pointUnsuitable }
        }
    }

    private init(modulus: [UInt8], exponent: [UInt8]) throws(KeyRefusal) {
        guard !ROCAFingerprint.isFound(in: modulus) else { throw .modulusWeak }
        var modulus = Array(modulus.reversed())
        var exponent = Array(exponent.reversed())
        guard
            let key = unsafe clibcrypto_rsa_public_key(&modulus, modulus.count, &exponent, exponent.count)
        else { throw .modulusUnsuitable }
        unsafe self.pointer = key
        self.signatureBytes = modulus.count
    }

    private init(curve: KeyType.Curve, x: [UInt8], y: [UInt8]) throws(KeyRefusal) {
        var point = [4] + x + y
        guard let key = unsafe clibcrypto_ec_public_key(curve.name.description, &point, point.count) else {
            throw .pointUnsuitable
        }
        unsafe self.pointer = key
        self.signatureBytes = 2 * curve.coordinateBytes
    }

    private init(ed25519 x: [UInt8]) throws(KeyRefusal) {
        guard let key = unsafe EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, x, x.count) else {
            throw .pointUnsuitable
        }
        unsafe self.pointer = key
        self.signatureBytes = 64
    }
}

/// The numbers that make a public key; big-endian, as a JWK should have them.
package enum PublicKeyMaterial: Hashable, Sendable {
    /// `n` and `e` (RFC 7518 section 6.3.1).
    case rsa(modulus: [UInt8], exponent: [UInt8])
    /// `x` and `y` (RFC 7518 section 6.2.1), each as long as the curve's coordinates.
    case ec(KeyType.Curve, x: [UInt8], y: [UInt8])
    /// `x` (RFC 8037 section 2): 32 bytes.
    case ed25519([UInt8])

    package var type: KeyType {
        switch self {
        case .rsa: .rsa
        case .ec(let curve, _, _): .ec(curve)
        case .ed25519: .ed25519
        }
    }

    /// The same key, its numbers as long as they should be: some issuers write the zero byte that ASN.1 puts before a number
    /// whose first bit is set, or leave out the zero bytes with which a coordinate begins. What has another length stays so.
    var canonical: PublicKeyMaterial {
        switch self {
        case .rsa(let modulus, let exponent):
            .rsa(modulus: Array(modulus.drop { $0 == 0 }), exponent: Array(exponent.drop { $0 == 0 }))
        case .ec(let curve, let x, let y):
            .ec(
                curve, x: Self.coordinate(from: x, count: curve.coordinateBytes),
                y: Self.coordinate(from: y, count: curve.coordinateBytes))
        case .ed25519(let x):
            .ed25519(Self.withoutSign(number: x, count: 32))
        }
    }

    private static func coordinate(from number: [UInt8], count: Int) -> [UInt8] {
        guard 1..<count ~= number.count else { return withoutSign(number: number, count: count) }
        return [UInt8](repeating: 0, count: count - number.count) + number
    }

    private static func withoutSign(number: [UInt8], count: Int) -> [UInt8] {
        number.count == count + 1 && number[0] == 0 ? Array(number.dropFirst()) : number
    }
}

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
