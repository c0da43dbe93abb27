import Bytes
import JOSE

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
