/// Why a token is not valid: one case per check, in the order of the checks (contract section 4). The first that fails
/// is the token's refusal, so every check before it has passed.
package enum TokenRefusal: UInt8, CaseIterable, Error, Sendable {
    // Step 1: the form (RFC 7515 section 7.1).

    /// The token is longer than `limits.token_bytes`.
    case tooLong
    /// The token does not have three parts.
    case notThreeParts
    /// The header is not strict base64url.
    case headerNotBase64URL
    /// The payload is not strict base64url.
    case payloadNotBase64URL
    /// The signature is not strict base64url.
    case signatureNotBase64URL

    // Step 2: the header (RFC 7515 section 4, RFC 8725 section 3).

    /// The header is not one JSON object without duplicate names, or has more than 256 of them.
    case headerMalformed
    /// `alg` is absent or not a known algorithm; `none` and the HMAC family are never known.
    case algorithmUnknown
    /// There is a `crit`: the token asks for an extension, and none is known (RFC 7515 section 4.1.11).
    case criticalExtension
    /// There is a `b64`: the payload might not be encoded (RFC 7797 section 3).
    case unencodedPayload
    /// `typ` is neither `JWT` nor `at+jwt`.
    case typeUnsuitable

    // Step 3: the issuer.

    /// The payload is not one JSON object without duplicate names, or has more than 256 of them. What follows an `iss`
    /// that is not configured is not looked at.
    case payloadMalformed
    /// `iss` is absent or not a string.
    case issuerMissing
    /// `iss` is not a configured issuer.
    case issuerUnknown
    /// The issuer's configuration does not allow `alg`.
    case algorithmNotAllowed

    // Step 4: the times (RFC 7519 section 4.1).

    /// `exp` is absent or not a number.
    case expiryMissing
    /// `exp` has passed.
    case expired
    /// `nbf` is not a number.
    case notBeforeMalformed
    /// `nbf` lies in the future.
    case notYetValid
    /// `iat` is not a number.
    case issuedAtMalformed
    /// `iat` lies in the future.
    case issuedInFuture

    // Step 5: for whom, about whom, from whom.

    /// `aud`, or the claim that says so in its place, is absent, or neither a string nor an array of strings.
    case audienceMissing
    /// It holds none of the configured audiences.
    case audienceUnknown
    /// `sub` is absent, empty or not a string.
    case subjectMissing
    /// `typ` or `token_use` says that it is an ID token, a refresh token or a logout token.
    case notAccessToken
    /// A claim that the issuer's tokens have to have is absent, or another.
    case requiredClaim
    /// The claim that says who the user is is absent, empty or not a string.
    case userIDMissing
    /// There is a `cnf` (RFC 7800) that is empty, no object, or names a kind of key that is not known.
    case confirmationUnknown
    /// There is a `cnf`: the token is bound to a key, and nobody checks that its sender has it (RFC 9449 section 7.1,
    /// RFC 8705 section 3).
    case confirmationUnchecked
    /// `jti` is not an access grant's hash, though the issuer's `session_check` says that it is one.
    case tokenIDUnsuitable

    // Step 6: the key.

    /// `kid` is not a string, or longer than 256 bytes.
    case keyIDMalformed
    /// The issuer has no key with that `kid`.
    case keyUnknown
    /// More than one key comes into question.
    case keyAmbiguous
    /// The key that is named, or without a name every key, is not one for `alg` or can't be used.
    case keyUnfit

    // Step 7: the signature.

    /// The signature does not have the length that the key's signatures have.
    case signatureLength
    /// The signature is not that key's over these bytes.
    case signatureWrong

    /// The reason as metrics and `inspect` say it.
    package var reason: StaticString {
        switch self {
        case .tooLong: "too_long"
        case .notThreeParts: "not_three_parts"
        case .headerNotBase64URL: "header_not_base64url"
        case .payloadNotBase64URL: "payload_not_base64url"
        case .signatureNotBase64URL: "signature_not_base64url"
        case .headerMalformed: "header_malformed"
        case .algorithmUnknown: "algorithm_unknown"
        case .criticalExtension: "critical_extension"
        case .unencodedPayload: "unencoded_payload"
        case .typeUnsuitable: "type_unsuitable"
        case .payloadMalformed: "payload_malformed"
        case .issuerMissing: "issuer_missing"
        case .issuerUnknown: "issuer_unknown"
        case .algorithmNotAllowed: "algorithm_not_allowed"
        case .expiryMissing: "expiry_missing"
        case .expired: "expired"
        case .notBeforeMalformed: "not_before_malformed"
        case .notYetValid: "not_yet_valid"
        case .issuedAtMalformed: "issued_at_malformed"
        case .issuedInFuture: "issued_in_future"
        case .audienceMissing: "audience_missing"
        case .audienceUnknown: "audience_unknown"
        case .subjectMissing: "subject_missing"
        case .notAccessToken: "not_access_token"
        case .requiredClaim: "required_claim"
        case .userIDMissing: "user_id_missing"
        case .confirmationUnknown: "confirmation_unknown"
        case .confirmationUnchecked: "confirmation_unchecked"
        case .tokenIDUnsuitable: "jti_unsuitable"
        case .keyIDMalformed: "key_id_malformed"
        case .keyUnknown: "key_unknown"
        case .keyAmbiguous: "key_ambiguous"
        case .keyUnfit: "key_unfit"
        case .signatureLength: "signature_length"
        case .signatureWrong: "signature_wrong"
        }
    }
}
