import CLibcrypto

/// A private key that libcrypto generated or read, and holds.
///
/// Unchecked, because it is shared: it isn't changed after `init`, and the calls that read it (`EVP_DigestSignInit`, the
/// getters of its public part) take it as const or lock what they cache in it.
@safe final class PrivateKey: @unchecked Sendable {
    /// An `EVP_PKEY`.
    private let pointer: OpaquePointer
    let type: KeyType

    /// - Parameter rsaBits: the size of the modulus; other types have one size.
    init(generating type: KeyType, rsaBits: Int) throws(SigningKeyError) {
        let key = unsafe Self.generate(type, rsaBits: rsaBits)
        guard let key = unsafe key else {
            ERR_clear_error()
            throw .notGenerated
        }
        unsafe self.pointer = key
        self.type = type
    }

    /// - Parameter text: PEM: PKCS #8 (RFC 5958), PKCS #1 or SEC 1, not encrypted. P-256, Ed25519 and RSA alone are taken.
    init(pem text: RawSpan) throws(SigningKeyError) {
        defer { ERR_clear_error() }
        let key = unsafe text.withUnsafeBytes { unsafe clibcrypto_read_private_key($0.baseAddress, $0.count) }
        guard let key = unsafe key else { throw .unreadable }
        guard let type = unsafe Self.type(of: key) else {
            unsafe EVP_PKEY_free(key)
            throw .ofOtherType
        }
        unsafe self.pointer = key
        self.type = type
    }

    deinit {
        unsafe EVP_PKEY_free(pointer)
    }

    /// The signature over the message, as JWS has it.
    func sign(_ message: RawSpan, by algorithm: Algorithm) throws(SigningKeyError) -> [UInt8] {
        guard algorithm.keyType == type else { throw .notSigned }
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        defer { ERR_clear_error() }
        var parameters: OpaquePointer?
        guard unsafe EVP_DigestSignInit(context, &parameters, algorithm.hash?.evp, nil, pointer) == 1 else {
            throw .notSigned
        }
        if let hash = algorithm.hash, type == .rsa {
            guard unsafe clibcrypto_set_rsa_scheme(parameters, algorithm.isPSS ? 1 : 0, hash.evp) == 1 else {
                throw .notSigned
            }
        }
        let signature = unsafe Self.signature(context: context, message: message)
        guard case .ec(let curve) = type else { return signature }
        var concatenated = [UInt8](repeating: 0, count: 2 * curve.coordinateBytes)
        let half = CInt(curve.coordinateBytes)
        guard unsafe clibcrypto_concatenate_ecdsa(signature, signature.count, &concatenated, half) == 1 else {
            throw .notSigned
        }
        return concatenated
    }

    /// The public part.
    var material: PublicKeyMaterial {
        switch type {
        case .rsa:
            return .rsa(modulus: number(named: OSSL_PKEY_PARAM_RSA_N), exponent: number(named: OSSL_PKEY_PARAM_RSA_E))
        case .ec(let curve):
            // Not the point, which a key that was read may hold compressed.
            let x = number(named: OSSL_PKEY_PARAM_EC_PUB_X)
            let y = number(named: OSSL_PKEY_PARAM_EC_PUB_Y)
            return PublicKeyMaterial.ec(curve, x: x, y: y).canonical
        case .ed25519:
            return .ed25519(octets(named: OSSL_PKEY_PARAM_PUB_KEY))
        }
    }

    private func number(named name: String) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 2048)
        let count = unsafe clibcrypto_public_number(pointer, name, &bytes, bytes.count)
        return Array(bytes.prefix(count))
    }

    private func octets(named name: String) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 256)
        var count = 0
        let result = unsafe EVP_PKEY_get_octet_string_param(pointer, name, &bytes, bytes.count, &count)
        return result == 1 ? Array(bytes.prefix(count)) : []
    }

    /// Nil when it is none that is read.
    private static func type(of key: OpaquePointer) -> KeyType? {
        switch unsafe EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_ED25519: return .ed25519
        case EVP_PKEY_RSA: return .rsa
        case EVP_PKEY_EC:
            var name = [CChar](repeating: 0, count: 64)
            var count = 0
            guard unsafe EVP_PKEY_get_group_name(key, &name, name.count, &count) == 1 else { return nil }
            let curve = name.prefix(count).map { UInt8(bitPattern: $0) }
            return String(decoding: curve, as: UTF8.self) == "prime256v1" ? .ec(.p256) : nil
        default: return nil
        }
    }

    private static func generate(_ type: KeyType, rsaBits: Int) -> OpaquePointer? {
        switch type {
        case .rsa: unsafe clibcrypto_generate_rsa(UInt32(clamping: rsaBits))
        case .ec(let curve): unsafe clibcrypto_generate_ec(curve.name.description)
        case .ed25519: unsafe clibcrypto_generate_ed25519()
        }
    }

    /// The signature as libcrypto has it; empty when it fails.
    private static func signature(context: OpaquePointer?, message: RawSpan) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: 2048)
        var count = signature.count
        let result = unsafe message.withUnsafeBytes { message in
            unsafe EVP_DigestSign(
                context, &signature, &count, message.baseAddress?.assumingMemoryBound(to: UInt8.self), message.count)
        }
        return result == 1 ? Array(signature.prefix(count)) : []
    }
}
