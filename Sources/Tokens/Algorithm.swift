/// The signature algorithms that a token may name (RFC 7518 section 3.1, RFC 8037 section 3.1).
///
/// `none` and the HMAC family are not here, so they can't be allowed by mistake.
package enum Algorithm: UInt8, CaseIterable, Sendable {
    case rs256, rs384, rs512
    case ps256, ps384, ps512
    case es256, es384, es512
    /// Ed25519 only.
    case edDSA

    /// The `alg` value, as registered.
    package var name: StaticString {
        switch self {
        case .rs256: "RS256"
        case .rs384: "RS384"
        case .rs512: "RS512"
        case .ps256: "PS256"
        case .ps384: "PS384"
        case .ps512: "PS512"
        case .es256: "ES256"
        case .es384: "ES384"
        case .es512: "ES512"
        case .edDSA: "EdDSA"
        }
    }
}
