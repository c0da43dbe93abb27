import CLibcrypto
import Fixtures
import JOSE
import Testing

/// The oracle computes with libcrypto's big numbers, and by another rule: a number is a power of 65537 modulo a prime when,
/// raised to the order of 65537, it is 1.
@Suite struct ROCAFingerprintTests {
    /// The flawed library's moduli: of 2048 bits, made from the first 126 primes, and of 4096, from the first 225.
    static let weak = [BigNumber.weakModulus(bits: 2048, primes: 126), .weakModulus(bits: 4096, primes: 225)]

    @Test(arguments: weak) func `a modulus that the flawed library could have made is weak`(_ modulus: BigNumber) throws
    {
        #expect(ROCAFingerprint.isFound(in: modulus.bytes))
        #expect(Self.oracle(modulus))
        let jwk = #"{"kty":"RSA","kid":"weak","e":"AQAB","n":"\#(Fault.encoded(modulus.bytes))"}"#
        let sound = String(decoding: TestKeys.key(.rs256).publicJWK, as: UTF8.self)
        let set = try KeySet(#"{"keys":[\#(jwk),\#(sound)]}"#)
        #expect(set.skipped == [.modulusWeak])
        #expect(set.keys.map(\.kid) == [Array("rs256".utf8)])
    }

    @Test func `a modulus that is off at one prime is not weak`() {
        let modulus = Self.weak[0]
        let product = BigNumber.product(of: Self.oddPrimes)
        var verdicts: Set<Bool> = []
        for prime in Self.oddPrimes {
            // The other residues stay, and this one takes each value in turn.
            let step = product.divided(by: prime)
            var near = modulus
            for _ in 1..<prime {
                near = near.plus(step)
                let isFound = ROCAFingerprint.isFound(in: near.bytes)
                #expect(isFound == Self.oracle(near), "modulo \(prime)")
                verdicts.insert(isFound)
            }
        }
        #expect(verdicts == [true, false])
    }

    @Test func `other numbers are judged as the oracle judges them, and are not weak`() throws {
        for _ in 0..<200 {
            let number = BigNumber.random(bits: 2048)
            #expect(!ROCAFingerprint.isFound(in: number.bytes))
            #expect(!Self.oracle(number))
        }
        guard case .rsa(let modulus, _) = TestKeys.stranger.material else { throw KeySetError.notAKeySet }
        #expect(!ROCAFingerprint.isFound(in: modulus))
    }

    @Test(arguments: [1, 65537]) func `a power of 65537 itself has the fingerprint, a multiple of a prime has not`(
        number: UInt
    ) {
        #expect(ROCAFingerprint.isFound(in: BigNumber(number).bytes))
        #expect(!ROCAFingerprint.isFound(in: BigNumber(number * 3).bytes))
        #expect(!ROCAFingerprint.isFound(in: BigNumber(number * 167).bytes))
    }

    private static let oddPrimes = Array(BigNumber.primes(39).dropFirst())

    private static func oracle(_ number: BigNumber) -> Bool {
        oddPrimes.allSatisfy { prime in
            var (order, power) = (1 as UInt, 65537 % prime)
            while power != 1 { (order, power) = (order + 1, power * 65537 % prime) }
            return number.power(order, modulo: prime) == 1
        }
    }
}
