/// Why a key of a set can't be used, in the order of the checks. The set's other keys are not touched by it.
package enum KeyRefusal: UInt8, CaseIterable, Error, Sendable {
    /// It is not a JSON object.
    case notAnObject
    /// It has two members of one name: another reader may take the other one.
    case memberTwice
    /// A member that is read here has another type than RFC 7517 and RFC 7518 give it.
    case memberOfWrongType
    /// `kid` is longer than 256 bytes.
    case kidTooLong
    /// `kty` is absent.
    case typeMissing
    /// It is a symmetric key (`oct`), which never verifies a token here.
    case symmetric
    /// `kty` or `crv` is not one that the known algorithms use.
    case typeUnknown
    /// `use` is something other than `sig`.
    case notForSignatures
    /// `key_ops` does not hold `verify`.
    case notForVerification
    /// `alg` is not a known one, or not one for this type of key.
    case algorithmUnsuitable
    /// `n`, `e`, `x` or `y` is absent.
    case numberMissing
    /// `n`, `e`, `x` or `y` is not base64url, with or without padding.
    case numberNotBase64URL
    /// The RSA modulus is even, or has fewer than 2048 or more than 8192 bits.
    case modulusUnsuitable
    /// The RSA exponent is even, less than 3, or has more than 64 bits.
    case exponentUnsuitable
    /// The RSA modulus has the fingerprint of keys that can be factored (ROCA, CVE-2017-15361).
    case modulusWeak
    /// The coordinates are longer than their curve's, or the point is not on the curve.
    case pointUnsuitable

    /// The reason as metrics and logs say it.
    package var reason: StaticString {
        switch self {
        case .notAnObject: "not_an_object"
        case .memberTwice: "member_twice"
        case .memberOfWrongType: "member_of_wrong_type"
        case .kidTooLong: "kid_too_long"
        case .typeMissing: "type_missing"
        case .symmetric: "symmetric"
        case .typeUnknown: "type_unknown"
        case .notForSignatures: "not_for_signatures"
        case .notForVerification: "not_for_verification"
        case .algorithmUnsuitable: "algorithm_unsuitable"
        case .numberMissing: "number_missing"
        case .numberNotBase64URL: "number_not_base64url"
        case .modulusUnsuitable: "modulus_unsuitable"
        case .exponentUnsuitable: "exponent_unsuitable"
        case .modulusWeak: "modulus_weak"
        case .pointUnsuitable: "point_unsuitable"
        }
    }
}
