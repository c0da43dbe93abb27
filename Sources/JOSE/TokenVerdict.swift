package import Bytes

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

/// What a token says, now that it may be believed. Only the verifier makes one.
package struct VerifiedToken: Sendable {
    /// `sub`, not empty.
    package let subject: [UInt8]
    /// Who the user is, not empty.
    package let userID: [UInt8]
    /// All that it says, as its issuer says it.
    package let statement: MappedClaims
    package let issuer: IssuerID
    /// The key that the signature was verified with. When it leaves the issuer's set, the token is no longer valid.
    package let key: VerificationKey
    /// `exp` and the issuer's leeway: from this moment on the token is no longer valid.
    package let expiresAt: Timestamp

    /// `jti`, the access grant with which the token ends: 64 lowercase hexadecimal digits. Nil unless its issuer's
    /// `session_check` says that it does.
    package let grantHash: [UInt8]?
    /// What its sender has to prove; nil: nothing.
    package let binding: KeyBinding?

    /// The claims that become headers (contract section 4); nil when the token does not state them as it should.
    package var claims: IdentityClaims { statement.identity }
    /// When the user last proved who he is.
    package var authenticatedAt: Timestamp? { statement.authenticatedAt }
}
