/// The numbers that make a public key; big-endian, as a JWK should have them.
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

    /// The same key, its numbers as long as they should be: some issuers write the zero byte that ASN.1 puts before a number
    /// whose first bit is set, or leave out the zero bytes with which a coordinate begins. What has another length stays so.
    var canonical: PublicKeyMaterial {
        switch self {
        case .rsa(let modulus, let exponent):
            .rsa(modulus: Array(modulus.drop { $0 == 0 }), exponent: Array(exponent.drop { $0 == 0 }))
        case .ec(let curve, let x, let y):
            .ec(curve, x: Self.coordinate(x, curve.coordinateBytes), y: Self.coordinate(y, curve.coordinateBytes))
        case .ed25519(let x):
            .ed25519(Self.withoutSign(x, 32))
        }
    }

    private static func coordinate(_ number: [UInt8], _ count: Int) -> [UInt8] {
        guard 1..<count ~= number.count else { return withoutSign(number, count) }
        return [UInt8](repeating: 0, count: count - number.count) + number
    }

    private static func withoutSign(_ number: [UInt8], _ count: Int) -> [UInt8] {
        number.count == count + 1 && number[0] == 0 ? Array(number.dropFirst()) : number
    }
}
