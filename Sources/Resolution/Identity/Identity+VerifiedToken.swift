import Tokens

extension Identity {
    /// The identity that a token's claims state.
    init(_ token: borrowing VerifiedToken) {
        self.userID = token.subject
        self.claims = IdentityClaims(
            isAnonymous: token.isAnonymous,
            isVerified: token.isVerified,
            canReauthenticate: token.canReauthenticate,
            roles: token.roles,
            authenticationMethods: token.authenticationMethods
        )
        self.authenticatedAt = token.authenticatedAt
    }
}
