/// What became of a token.
package enum TokenVerdict: Sendable {
    case valid(VerifiedToken)
    case refused(TokenRefusal)
    /// All checks before the key have passed, and the ring does not have the key: neither valid nor invalid yet.
    case keyMissing(MissingKey)
}
