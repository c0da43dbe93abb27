import CLibcrypto
import Testing

/// A number of libcrypto's, as large as it takes; never changed.
@safe final class BigNumber: @unchecked Sendable, CustomTestStringConvertible {
    let number: OpaquePointer?

    /// - Parameter make: sets a number, which is zero before.
    private init(_ make: (_ number: OpaquePointer?, _ scratch: OpaquePointer?) -> CInt) {
        let (number, scratch) = (unsafe BN_new(), unsafe BN_CTX_new())
        defer { unsafe BN_CTX_free(scratch) }
        unsafe self.number = number
        #expect(unsafe make(number, scratch) == 1)
    }

    convenience init(_ number: UInt) {
        unsafe self.init { result, _ in unsafe BN_set_word(result, number) }
    }

    /// - Parameter bytes: the most significant first.
    convenience init(_ bytes: [UInt8]) {
        unsafe self.init { result, _ in unsafe BN_bin2bn(bytes, CInt(bytes.count), result) == nil ? 0 : 1 }
    }

    deinit { unsafe BN_free(number) }

    /// The most significant byte first.
    var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(unsafe BN_num_bits(number) + 7) / 8)
        _ = unsafe BN_bn2bin(number, &bytes)
        return bytes
    }

    /// The same, so many of them; nil when they are more.
    func bytes(_ count: Int) -> [UInt8]? {
        let bytes = bytes
        return bytes.count > count ? nil : [UInt8](repeating: 0, count: count - bytes.count) + bytes
    }

    var testDescription: String { "a number of \(unsafe BN_num_bits(number)) bits" }

    func plus(_ other: BigNumber) -> BigNumber {
        unsafe BigNumber { result, _ in unsafe BN_add(result, number, other.number) }
    }

    func times(_ other: BigNumber) -> BigNumber {
        unsafe BigNumber { result, scratch in unsafe BN_mul(result, number, other.number, scratch) }
    }

    /// From 0 on.
    func minus(_ other: BigNumber, modulo modulus: BigNumber) -> BigNumber {
        unsafe BigNumber { result, scratch in
            unsafe BN_mod_sub(result, number, other.number, modulus.number, scratch)
        }
    }

    func times(_ other: BigNumber, modulo modulus: BigNumber) -> BigNumber {
        unsafe BigNumber { result, scratch in
            unsafe BN_mod_mul(result, number, other.number, modulus.number, scratch)
        }
    }

    /// What it is multiplied with to give 1.
    func inverse(modulo modulus: BigNumber) -> BigNumber {
        unsafe BigNumber { result, scratch in
            unsafe BN_mod_inverse(result, number, modulus.number, scratch) == nil ? 0 : 1
        }
    }

    /// Without the rest.
    func divided(by divisor: UInt) -> BigNumber {
        let divisor = BigNumber(divisor)
        return unsafe BigNumber { result, scratch in unsafe BN_div(result, nil, number, divisor.number, scratch) }
    }

    func power(_ exponent: BigNumber, modulo modulus: BigNumber) -> BigNumber {
        unsafe BigNumber { result, scratch in
            unsafe BN_mod_exp(result, number, exponent.number, modulus.number, scratch)
        }
    }

    func power(_ exponent: UInt, modulo modulus: UInt) -> UInt {
        power(BigNumber(exponent), modulo: BigNumber(modulus)).bytes.reduce(0) { $0 << 8 | UInt($1) }
    }

    private var isPrime: Bool {
        let scratch = unsafe BN_CTX_new()
        defer { unsafe BN_CTX_free(scratch) }
        return unsafe BN_check_prime(number, scratch, nil) == 1
    }

    /// An odd number of exactly so many bits, the first two of them set.
    static func random(bits: Int) -> BigNumber {
        unsafe BigNumber { result, _ in unsafe BN_rand(result, CInt(bits), BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD) }
    }

    static func product(of factors: [UInt]) -> BigNumber {
        factors.reduce(BigNumber(1)) { $0.times(BigNumber($1)) }
    }

    /// The first prime numbers.
    static func primes(_ count: Int) -> [UInt] {
        var primes: [UInt] = []
        var candidate: UInt = 2
        while primes.count < count {
            if primes.allSatisfy({ !candidate.isMultiple(of: $0) }) { primes.append(candidate) }
            candidate += 1
        }
        return primes
    }

    /// A product of two primes k · M + (65537ᵃ mod M), where M is the product of the first primes (Nemec et al., section 2.2).
    static func weakModulus(bits: Int, primes: Int) -> BigNumber {
        let product = product(of: Self.primes(primes))
        return weakPrime(bits: bits / 2, product).times(weakPrime(bits: bits / 2, product))
    }

    private static func weakPrime(bits: Int, _ product: BigNumber) -> BigNumber {
        while true {
            let power = BigNumber(65537).power(random(bits: 62), modulo: product)
            let factor = random(bits: bits - Int(unsafe BN_num_bits(product.number)))
            let candidate = factor.times(product).plus(power)
            if candidate.isPrime { return candidate }
        }
    }
}
