import Bytes
import CLibcrypto

/// ES256 (RFC 7518 section 3.4) by a table of multiples of the key's point, which takes a third of the time.
///
/// What a signature is verified by is x of u1 · G + u2 · Q (FIPS 186-5 section 6.4.2). `EVP_PKEY_verify` has a table for the
/// generator G, so that the product with the key's point Q is what takes the time. Here libcrypto makes the same table for Q.
///
/// Unchecked, because all event loops share it: nothing in it is changed after `init`, and libcrypto only reads it.
@safe package final class P256Table: @unchecked Sendable {
    private let table: UnsafeMutablePointer<clibcrypto_p256_table>

    /// Takes some 20 ms, and 154 kB for as long as it lives. Nil when libcrypto makes no tables, or the point is not on the curve.
    ///
    /// - Parameter point: uncompressed: 4, then x and y (SEC 1 section 2.3.3).
    package init?(point: [UInt8]) {
        defer { ERR_clear_error() }
        guard let table = unsafe clibcrypto_p256_table_new(point, point.count) else { return nil }
        unsafe self.table = table
    }

    deinit {
        unsafe clibcrypto_p256_table_free(table)
    }

    /// Whether the signature, r and s of 32 bytes each, is right for a message with this digest of 32; nil when libcrypto could
    /// not find out, for want of memory.
    package func isRight(_ signature: RawSpan, ofDigest digest: RawSpan) -> Bool? {
        guard signature.byteCount == 64, digest.byteCount == 32 else { return false }
        let verdict = unsafe signature.withUnsafeBytes { signature in
            unsafe digest.withUnsafeBytes { digest in
                unsafe clibcrypto_p256_verify(
                    table, signature.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    digest.baseAddress?.assumingMemoryBound(to: UInt8.self))
            }
        }
        if verdict < 0 { ERR_clear_error() }
        return verdict < 0 ? nil : verdict == 1
    }
}
