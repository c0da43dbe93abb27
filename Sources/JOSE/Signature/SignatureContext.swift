import Bytes
import CLibcrypto

/// A public key made ready for one algorithm.
///
/// The key is prepared once, in a template that is never used itself: each verification copies it, which costs 0.1 µs
/// where preparing costs 3. RSASSA-PKCS1-v1_5 with the usual exponent goes a shorter way, by its frame.
///
/// Unchecked, because the template is shared by all event loops: it isn't changed after `init`, and the two calls that
/// read it, `EVP_PKEY_CTX_dup` and `EVP_MD_CTX_copy_ex`, take it as const and count references atomically.
@safe final class SignatureContext: @unchecked Sendable {
    let algorithm: Algorithm
    /// An `EVP_PKEY_CTX` for a digest; for EdDSA, which takes the message itself, an `EVP_MD_CTX`.
    private let template: OpaquePointer
    /// What RSASSA-PKCS1-v1_5 verifies by, in place of the template, when the key has the usual exponent.
    private let frame: PKCS1Frame?
    /// Exactly so many bytes a signature has.
    let signatureBytes: Int

    /// Nil when libcrypto can't use the key for this algorithm.
    init?(_ algorithm: Algorithm, _ key: borrowing PublicKey) {
        guard let template = unsafe Self.prepare(for: algorithm, key: key) else {
            ERR_clear_error()
            return nil
        }
        self.algorithm = algorithm
        unsafe self.template = template
        self.frame = Self.frame(for: algorithm, key: key)
        self.signatureBytes = key.signatureBytes
    }

    deinit {
        if algorithm.hash == nil {
            unsafe EVP_MD_CTX_free(template)
        } else {
            unsafe EVP_PKEY_CTX_free(template)
        }
    }

    /// Whether this is the signature that the key's owner made over the message.
    ///
    /// - Parameter table: the key's, when it has one.
    func verifies(_ signature: RawSpan, of message: RawSpan, by table: P256Table? = nil) -> Bool {
        guard signature.byteCount == signatureBytes else { return false }
        guard let hash = algorithm.hash else { return verifiesWhole(signature, of: message) }
        let digest = hash.digest(of: message)
        let digestBytes = digest.span.bytes.extracting(first: hash.digestBytes)
        if let frame { return frame.verifies(signature, ofDigest: digestBytes) }
        guard case .ec = algorithm.keyType else { return verifies(signature, ofDigest: digestBytes) }
        if let isRight = table?.isRight(signature, ofDigest: digestBytes) { return isRight }
        let encoded = ECDSASignature(concatenated: signature)
        return verifies(encoded.der, ofDigest: digestBytes)
    }

    private func verifies(_ signature: RawSpan, ofDigest digest: RawSpan) -> Bool {
        guard let context = unsafe EVP_PKEY_CTX_dup(template) else { return false }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        let result = unsafe signature.withUnsafeBytes { signature in
            unsafe digest.withUnsafeBytes { digest in
                unsafe EVP_PKEY_verify(
                    context, signature.baseAddress?.assumingMemoryBound(to: UInt8.self), signature.count,
                    digest.baseAddress?.assumingMemoryBound(to: UInt8.self), digest.count)
            }
        }
        return Self.isSuccess(result: result)
    }

    private func verifiesWhole(_ signature: RawSpan, of message: RawSpan) -> Bool {
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe EVP_MD_CTX_copy_ex(context, template) == 1 else { return false }
        let result = unsafe signature.withUnsafeBytes { signature in
            unsafe message.withUnsafeBytes { message in
                unsafe EVP_DigestVerify(
                    context, signature.baseAddress?.assumingMemoryBound(to: UInt8.self), signature.count,
                    message.baseAddress?.assumingMemoryBound(to: UInt8.self), message.count)
            }
        }
        return Self.isSuccess(result: result)
    }

    /// libcrypto says 1 for right, 0 or less for anything else, and leaves errors in a queue of the thread.
    private static func isSuccess(result: CInt) -> Bool {
        if result != 1 { ERR_clear_error() }
        return result == 1
    }

    private static func frame(for algorithm: Algorithm, key: borrowing PublicKey) -> PKCS1Frame? {
        guard let hash = algorithm.hash, algorithm.keyType == .rsa, !algorithm.isPSS else { return nil }
        return PKCS1Frame(hash, key)
    }

    private static func prepare(for algorithm: Algorithm, key: borrowing PublicKey) -> OpaquePointer? {
        guard let hash = algorithm.hash else { return unsafe prepareWhole(key: key) }
        guard let context = unsafe EVP_PKEY_CTX_new_from_pkey(nil, key.pointer, nil) else { return nil }
        var isReady = unsafe EVP_PKEY_verify_init(context) == 1
        if isReady, algorithm.keyType == .rsa {
            isReady = unsafe clibcrypto_set_rsa_scheme(context, algorithm.isPSS ? 1 : 0, hash.evp) == 1
        } else if isReady {
            isReady = unsafe EVP_PKEY_CTX_set_signature_md(context, hash.evp) == 1
        }
        if !isReady { unsafe EVP_PKEY_CTX_free(context) }
        return unsafe isReady ? context : nil
    }

    private static func prepareWhole(key: borrowing PublicKey) -> OpaquePointer? {
        guard let context = unsafe EVP_MD_CTX_new() else { return nil }
        guard unsafe EVP_DigestVerifyInit(context, nil, nil, nil, key.pointer) == 1 else {
            unsafe EVP_MD_CTX_free(context)
            return nil
        }
        return unsafe context
    }
}
