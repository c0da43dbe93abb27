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
    func number(_ name: String) -> OpaquePointer? {
        var number: OpaquePointer?
        return unsafe EVP_PKEY_get_bn_param(pointer, name, &number) == 1 ? number : nil
    }

    private init(modulus: [UInt8], exponent: [UInt8]) throws(KeyRefusal) {
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        guard Self.modulusBits.contains(bits), modulus[modulus.count - 1] & 1 == 1 else { throw .modulusUnsuitable }
        guard !ROCAFingerprint.isFound(in: modulus) else { throw .modulusWeak }
        var modulus = Array(modulus.reversed())
        var exponent = Array(exponent.reversed())
        guard 1...Self.maximumExponentBytes ~= exponent.count, exponent[0] & 1 == 1, exponent != [1] else {
            throw .exponentUnsuitable
        }
        guard
            let key = unsafe clibcrypto_rsa_public_key(&modulus, modulus.count, &exponent, exponent.count)
        else { throw .modulusUnsuitable }
        unsafe self.pointer = key
        self.signatureBytes = modulus.count
    }

    private init(curve: KeyType.Curve, x: [UInt8], y: [UInt8]) throws(KeyRefusal) {
        guard x.count == curve.coordinateBytes, y.count == curve.coordinateBytes else { throw .pointUnsuitable }
        var point = [4] + x + y
        guard let key = unsafe clibcrypto_ec_public_key(curve.name.description, &point, point.count) else {
            throw .pointUnsuitable
        }
        unsafe self.pointer = key
        self.signatureBytes = 2 * curve.coordinateBytes
    }

    private init(ed25519 x: [UInt8]) throws(KeyRefusal) {
        guard x.count == 32, let key = unsafe EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, x, x.count) else {
            throw .pointUnsuitable
        }
        unsafe self.pointer = key
        self.signatureBytes = 64
    }
}
