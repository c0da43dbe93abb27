package import Bytes

/// What a token says, now that it may be believed. Only the verifier makes one.
package struct VerifiedToken: Sendable {
    /// `sub`, not empty.
    package let subject: [UInt8]
    /// The claims that become headers (contract section 4); nil when the token does not state them as it should.
    package let isAnonymous: Bool?
    package let isVerified: Bool?
    package let canReauthenticate: Bool?
    package let roles: [[UInt8]]?
    /// `amr` (RFC 8176).
    package let authenticationMethods: [[UInt8]]?
    /// `auth_time`.
    package let authenticatedAt: Timestamp?
    /// The issuer's position in the configuration and in `KeyRing.issuers`.
    package let issuer: Int
    /// The key that the signature was verified with. When it leaves the issuer's set, the token is no longer valid.
    package let key: VerificationKey
    /// `exp` and the issuer's leeway: from this moment on the token is no longer valid.
    package let expiresAt: Timestamp

    init(
        _ claims: TokenClaims, of payload: RawSpan, subject: [UInt8], issuer: Int, key: VerificationKey,
        expiresAt: Timestamp
    ) {
        self.subject = subject
        self.isAnonymous = claims.isAnonymous
        self.isVerified = claims.isVerified
        self.canReauthenticate = claims.canReauthenticate
        self.roles = claims.roles.flatMap { StringArray.read(payload.extracting($0)) }
        self.authenticationMethods = claims.authenticationMethods.flatMap { StringArray.read(payload.extracting($0)) }
        self.authenticatedAt = claims.authenticatedAt
        self.issuer = issuer
        self.key = key
        self.expiresAt = expiresAt
    }
}
