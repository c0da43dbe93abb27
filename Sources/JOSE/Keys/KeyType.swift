/// The kinds of public keys, as far as they bear on which algorithms fit.
package enum KeyType: Hashable, Sendable {
    /// `kty` RSA (RFC 7518 section 6.3).
    case rsa
    /// `kty` EC (RFC 7518 section 6.2).
    case ec(Curve)
    /// `kty` OKP with `crv` Ed25519 (RFC 8037 section 2).
    case ed25519

    /// The curves that ECDSA is used with (RFC 7518 section 6.2.1.1).
    package enum Curve: Hashable, CaseIterable, Sendable {
        case p256, p384, p521

        /// The `crv` value; libcrypto knows the curve by it, too.
        package var name: StaticString {
            switch self {
            case .p256: "P-256"
            case .p384: "P-384"
            case .p521: "P-521"
            }
        }

        /// Bytes in a coordinate, and in each half of a signature.
        package var coordinateBytes: Int {
            switch self {
            case .p256: 32
            case .p384: 48
            case .p521: 66
            }
        }
    }
}

extension Algorithm {
    /// The one type of key that signs with this algorithm (RFC 7518 section 3.1; a curve has one hash, section 3.4).
    package var keyType: KeyType {
        switch self {
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa
        case .es256: .ec(.p256)
        case .es384: .ec(.p384)
        case .es512: .ec(.p521)
        case .edDSA: .ed25519
        }
    }
}
