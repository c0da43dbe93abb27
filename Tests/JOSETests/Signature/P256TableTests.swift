import Bytes
import Fixtures
import JOSE
import Testing

/// ES256 by a table: each verdict is that of `EVP_PKEY_verify`.
@Suite struct P256TableTests {
    private static let order = P256Point.order
    private static let zero = BigNumber(0)
    private static let one = BigNumber(1)
    private static let last = zero.minus(one, modulo: order)
    /// 2 to the power of some exponents, and their neighbours: where windows of a table's digits begin and end.
    private static let edges: [BigNumber] =
        ([7, 8, 63, 64, 126, 127, 128, 251, 252, 255] as [UInt]).flatMap { exponent in
            let power = BigNumber(2).power(BigNumber(exponent), modulo: order)
            return [power.minus(one, modulo: order), power, power.plus(one), zero.minus(power, modulo: order)]
        } + [zero, one, BigNumber(2), BigNumber(3), last, last.divided(by: 2), last.divided(by: 2).plus(one)]

    private static func digest(of message: [UInt8]) -> [UInt8] {
        SHA256Digest(of: message.span.bytes).bytes
    }

    private static func random() -> BigNumber {
        BigNumber((0..<32).map { _ in .random(in: 0...255) }).minus(zero, modulo: order)
    }

    @Test(arguments: WycheproofVector.all)
    func `a signature of Project Wycheproof's`(_ vector: WycheproofVector) throws {
        let oracle = try P256Oracle(point: vector.point)
        #expect(oracle.isRight(vector.signature, ofDigest: Self.digest(of: vector.message)) == vector.isRight)
    }

    @Test func `numbers at the ends of their ranges are wrong`() throws {
        let vector = try #require(WycheproofVector.all.first)
        let oracle = try P256Oracle(point: vector.point)
        let (order, prime) = (Self.order, P256Point.prime)
        let values = [
            Self.zero, Self.one, Self.last, order, order.plus(Self.one), prime, prime.plus(Self.one),
            BigNumber([UInt8](repeating: 0xFF, count: 32)),
        ]
        let halves = try values.map { try #require($0.bytes(32)) }
        let right = (r: Array(vector.signature.prefix(32)), s: Array(vector.signature.suffix(32)))
        let digest = Self.digest(of: vector.message)
        #expect(oracle.isRight(right.r + right.s, ofDigest: digest))
        for half in halves {
            #expect(!oracle.isRight(half + right.s, ofDigest: digest))
            #expect(!oracle.isRight(right.r + half, ofDigest: digest))
            for other in halves { #expect(!oracle.isRight(half + other, ofDigest: digest)) }
        }
    }

    /// Among the keys is the generator, whose table libcrypto has, and its negative, with which sums vanish.
    @Test(arguments: [one, last, BigNumber(2), last.divided(by: 2), random(), random()])
    func `products by multipliers of all kinds`(_ secret: BigNumber) throws {
        let key = P256Point(secret)
        let oracle = try P256Oracle(point: key.bytes)
        for k in Self.edges {
            for l in Self.edges.dropFirst(40) + [Self.edges[Int.random(in: 0..<40)], Self.random()] {
                guard l.bytes != [] else { continue }
                guard let crafted = CraftedSignature(k: k, l: l, key: key) else {
                    // The sum is the point at infinity, which has no x: whatever r is, it is not that.
                    let wrong = try #require(CraftedSignature(k: k, l: l, key: key, r: Self.random()))
                    #expect(!oracle.isRight(wrong.signature, ofDigest: wrong.digest))
                    continue
                }
                #expect(oracle.isRight(crafted.signature, ofDigest: crafted.digest))
                var altered = crafted.signature
                altered[Int.random(in: 0..<64)] ^= 1 << UInt8.random(in: 0..<8)
                #expect(!oracle.isRight(altered, ofDigest: crafted.digest))
            }
        }
    }

    @Test func `a sum at infinity is wrong for every r`() throws {
        let secret = Self.random()
        let key = P256Point(secret)
        let oracle = try P256Oracle(point: key.bytes)
        for _ in 0..<50 {
            let l = Self.random()
            let k = Self.zero.minus(l.times(secret, modulo: Self.order), modulo: Self.order)
            #expect(P256Point(k, plus: l, times: key).bytes == [0])
            for r in [Self.one, Self.last, Self.random()] {
                let crafted = try #require(CraftedSignature(k: k, l: l, key: key, r: r))
                #expect(!oracle.isRight(crafted.signature, ofDigest: crafted.digest))
            }
        }
    }

    /// Where x is the order or more, r is x less the order (FIPS 186-5 section 6.4.2, step 7). No signer comes across it.
    @Test func `an x that is not below the order`() throws {
        var points = 0
        for offset in 0..<40 as Range<UInt> {
            guard let point = P256Point(x: Self.order.plus(BigNumber(offset))) else { continue }
            points += 1
            let (k, l) = (Self.random(), Self.random())
            let key = P256Point(l.inverse(modulo: Self.order), times: point, less: k)
            #expect(P256Point(k, plus: l, times: key).x.bytes == point.x.bytes)
            let oracle = try P256Oracle(point: key.bytes)
            guard offset > 0 else {
                // r would be 0.
                #expect(CraftedSignature(k: k, l: l, key: key) == nil)
                continue
            }
            let crafted = try #require(CraftedSignature(k: k, l: l, key: key))
            #expect(BigNumber(Array(crafted.signature.prefix(32))).bytes == BigNumber(offset).bytes)
            #expect(oracle.isRight(crafted.signature, ofDigest: crafted.digest))
            for r in [offset + 1, offset + 2] {
                let wrong = try #require(CraftedSignature(k: k, l: l, key: key, r: BigNumber(r)))
                #expect(!oracle.isRight(wrong.signature, ofDigest: wrong.digest))
            }
        }
        #expect(points > 5)
    }

    @Test func `a digest that is not below the order counts as what is left of it`() throws {
        // Such a digest is near 2²⁵⁶, so what is left of it is small. It is chosen, and the key found for which all is right.
        for residue in [0, 1, 2, 1 << 40] as [UInt] {
            let e = BigNumber(residue)
            let (oracle, signature) = try Self.key(forDigest: e, s: Self.random())
            #expect(oracle.isRight(signature, ofDigest: e.bytes(32) ?? []))
            #expect(oracle.isRight(signature, ofDigest: e.plus(Self.order).bytes(32) ?? []))
            #expect(!oracle.isRight(signature, ofDigest: e.plus(Self.one).bytes(32) ?? []))
        }
    }

    /// Where the arithmetic of an inverse has most and fewest steps.
    @Test(arguments: edges.filter { !$0.bytes.isEmpty })
    func `each s has an inverse`(_ s: BigNumber) throws {
        let e = Self.random()
        let (oracle, signature) = try Self.key(forDigest: e, s: s)
        #expect(oracle.isRight(signature, ofDigest: e.bytes(32) ?? []))
        #expect(!oracle.isRight(signature, ofDigest: Self.random().bytes(32) ?? []))
    }

    /// A key that has signed this digest with this s.
    private static func key(forDigest e: BigNumber, s: BigNumber) throws -> (key: P256Oracle, signature: [UInt8]) {
        let point = P256Point(random())
        let (inverse, r) = (s.inverse(modulo: order), point.x.minus(zero, modulo: order))
        let (k, l) = (e.times(inverse, modulo: order), r.times(inverse, modulo: order))
        let key = P256Point(l.inverse(modulo: order), times: point, less: k)
        return (try P256Oracle(point: key.bytes), (r.bytes(32) ?? []) + (s.bytes(32) ?? []))
    }

    @Test(arguments: 0..<4)
    func `thousands of signatures, two thirds of them altered`(_ round: Int) throws {
        let pair = try SigningKey(generating: .es256, kid: nil)
        guard case .ec(_, let x, let y) = pair.material else { return }
        let oracle = try P256Oracle(point: [4] + x + y)
        for number in 0..<1_000 {
            let message = Array("message \(round) \(number)".utf8)
            let (signature, digest) = (try pair.signature(of: message), Self.digest(of: message))
            #expect(oracle.isRight(signature, ofDigest: digest))
            var (altered, other) = (signature, digest)
            for _ in 0...number % 3 { altered[Int.random(in: 0..<64)] ^= 1 << UInt8.random(in: 0..<8) }
            other[Int.random(in: 0..<32)] ^= 1 << UInt8.random(in: 0..<8)
            #expect(oracle.isRight(altered, ofDigest: digest) == (altered == signature))
            #expect(!oracle.isRight(signature, ofDigest: other))
        }
    }

    @Test func `what is not 64 and 32 bytes long is wrong, and what is no point has no table`() throws {
        let table = try #require(P256Table(point: P256Point(Self.one).bytes))
        let crafted = try #require(
            CraftedSignature(k: Self.one, l: Self.one, key: P256Point(Self.one)))
        #expect(table.isRight(crafted.signature.span.bytes, ofDigest: crafted.digest.span.bytes) == true)
        for count in [0, 1, 63, 65] {
            let signature = Array((crafted.signature + [0]).prefix(count))
            #expect(table.isRight(signature.span.bytes, ofDigest: crafted.digest.span.bytes) == false)
        }
        for count in [0, 31, 33] {
            let digest = Array((crafted.digest + [0]).prefix(count))
            #expect(table.isRight(crafted.signature.span.bytes, ofDigest: digest.span.bytes) == false)
        }
        for point in [[], [0], [4], [4] + [UInt8](repeating: 1, count: 64), [4] + [UInt8](repeating: 0, count: 64)] {
            #expect(P256Table(point: point) == nil)
        }
    }
}
