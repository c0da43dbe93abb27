package import JOSE

extension Identity {
    /// The identity that a token's claims state.
    package init(_ token: borrowing VerifiedToken) {
        self.userID = token.subject
        self.claims = token.claims
        self.authenticatedAt = token.authenticatedAt
    }
}
