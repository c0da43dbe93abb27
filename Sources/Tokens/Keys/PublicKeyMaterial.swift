/// The numbers that make a public key; big-endian, as a JWK has them.
package enum PublicKeyMaterial: Hashable, Sendable {
    /// `n` and `e` (RFC 7518 section 6.3.1).
    case rsa(modulus: [UInt8], exponent: [UInt8])
    /// `x` and `y` (RFC 7518 section 6.2.1), each as long as the curve's coordinates.
    case ec(KeyType.Curve, x: [UInt8], y: [UInt8])
    /// `x` (RFC 8037 section 2): 32 bytes.
    case ed25519([UInt8])

    package var type: KeyType {
        switch self {
        case .rsa: .rsa
        case .ec(let curve, _, _): .ec(curve)
        case .ed25519: .ed25519
        }
    }
}
