import Bytes
import CLibcrypto
import JOSE
import Testing

/// One key of P-256 twice: with a table, and as `EVP_PKEY_verify` has it.
@safe final class P256Oracle: @unchecked Sendable {
    private let table: P256Table
    private let key: OpaquePointer

    init(point: [UInt8]) throws {
        table = try #require(P256Table(point: point))
        var point = point
        guard let key = unsafe clibcrypto_ec_public_key("P-256", &point, point.count) else { throw NotAKey() }
        unsafe self.key = key
    }

    deinit { unsafe EVP_PKEY_free(key) }

    private struct NotAKey: Error {}

    /// The verdict on a signature of 64 bytes, which has to be the same both ways.
    func isRight(_ signature: [UInt8], ofDigest digest: [UInt8]) -> Bool {
        let byTable = table.isRight(signature.span.bytes, ofDigest: digest.span.bytes)
        let plain = isRightByEVP(signature, ofDigest: digest)
        #expect(byTable == plain, "\(signature) of \(digest)")
        return plain
    }

    private func isRightByEVP(_ signature: [UInt8], ofDigest digest: [UInt8]) -> Bool {
        defer { ERR_clear_error() }
        let pair = unsafe ECDSA_SIG_new()
        defer { unsafe ECDSA_SIG_free(pair) }
        let (r, s) = (Array(signature.prefix(32)), Array(signature.suffix(32)))
        guard unsafe ECDSA_SIG_set0(pair, BN_bin2bn(r, 32, nil), BN_bin2bn(s, 32, nil)) == 1 else { return false }
        var encoded = [UInt8](repeating: 0, count: 80)
        let count = unsafe encoded.withUnsafeMutableBufferPointer { buffer in
            var end = buffer.baseAddress
            return unsafe i2d_ECDSA_SIG(pair, &end)
        }
        let context = unsafe EVP_PKEY_CTX_new(key, nil)
        defer { unsafe EVP_PKEY_CTX_free(context) }
        guard unsafe EVP_PKEY_verify_init(context) == 1 else { return false }
        return unsafe EVP_PKEY_verify(context, encoded, Int(count), digest, digest.count) == 1
    }
}

/// A signature that is right for a key, made without the private one: of a digest that nobody knows a message for.
struct CraftedSignature {
    let signature: [UInt8]
    let digest: [UInt8]

    /// The signature that is verified by x of k · G + l · Q. Nil when the sum is the point at infinity, or x is 0.
    ///
    /// - Parameters:
    ///   - l: not 0.
    ///   - r: where the sum is the point at infinity, what is taken for x.
    init?(k: BigNumber, l: BigNumber, key: P256Point, r: BigNumber? = nil) {
        let order = P256Point.order
        let sum = P256Point(k, plus: l, times: key)
        guard sum.bytes.count == 65 || r != nil else { return nil }
        self.init(k: k, l: l, r: r ?? sum.x.minus(BigNumber(0), modulo: order))
    }

    private init?(k: BigNumber, l: BigNumber, r: BigNumber) {
        let order = P256Point.order
        let s = r.times(l.inverse(modulo: order), modulo: order)
        guard let r = r.bytes(32), let s = s.bytes(32), s.contains(where: { $0 != 0 }),
            let digest = k.times(BigNumber(s), modulo: order).bytes(32)
        else { return nil }
        (signature, self.digest) = (r + s, digest)
    }
}
