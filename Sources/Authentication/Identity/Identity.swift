package import Bytes
package import JOSE

/// Who is calling, as a valid credential says. What nobody stated is nil and gets no header.
package struct Identity: Sendable {
    package var userID: [UInt8]
    package var claims: IdentityClaims
    package var authenticatedAt: Timestamp?

    package init(userID: [UInt8], claims: IdentityClaims, authenticatedAt: Timestamp?) {
        self.userID = userID
        self.claims = claims
        self.authenticatedAt = authenticatedAt
    }
}

extension Identity {
    /// The identity that a token's claims state.
    package init(_ token: borrowing VerifiedToken) {
        self.userID = token.userID
        self.claims = token.claims
        self.authenticatedAt = token.authenticatedAt
    }
}

extension Identity {
    /// The identity of a session whose user's record is at hand.
    init(_ session: SessionRecord, user: UserRecord) {
        self.init(session)
        claims.isAnonymous = user.isAnonymous
        claims.isVerified = user.isVerified
        claims.canReauthenticate = user.canReauthenticate
        claims.roles = user.roles
    }

    /// The identity that the session alone states.
    init(_ session: SessionRecord) {
        self.userID = session.userID
        self.claims = session.claims
        self.authenticatedAt = session.authenticatedAt ?? session.createdAt
    }
}

extension IdentityClaims {
    /// Whether all four claims about the user are stated, so that the user's record is not needed.
    var describeUser: Bool {
        isAnonymous != nil && isVerified != nil && canReauthenticate != nil && roles != nil
    }
}
