import CLibcrypto

/// A private key that libcrypto generated and holds.
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
            let point = octets(named: OSSL_PKEY_PARAM_PUB_KEY)
            let (x, y) = (point.dropFirst().prefix(curve.coordinateBytes), point.suffix(curve.coordinateBytes))
            return .ec(curve, x: Array(x), y: Array(y))
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
