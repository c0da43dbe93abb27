/// What became of a token.
package enum TokenVerdict: Sendable {
    case valid(VerifiedToken)
    /// One of the checks before the signature has failed.
    case refused(TokenRefusal)
    /// All checks have passed but the last, the dearest: the signature is wrong, and stays so while the issuer has the
    /// same keys.
    case forged(issuer: IssuerID)
    /// All checks before the key have passed, and the ring does not have the key: neither valid nor invalid yet.
    case keyMissing(MissingKey)
}
