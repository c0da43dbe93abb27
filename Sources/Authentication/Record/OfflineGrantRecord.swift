import Bytes

/// An offline grant, the session of an app or a single-page application, as Authgear stores it.
package final class OfflineGrantRecord: Sendable {
    /// What a session's credential may do, as far as the record tells.
    package struct Authorization: Hashable, Sendable {
        /// Whether there is one: `authz_id` is not empty.
        package var isKnown: Bool
        /// Whether its scopes hold `https://authgear.com/scopes/full-access`.
        package var hasFullAccess: Bool

        package init(isKnown: Bool, hasFullAccess: Bool) {
            self.isKnown = isKnown
            self.hasFullAccess = hasFullAccess
        }
    }

    package struct RefreshToken: Sendable {
        /// The hash that it began with, which access grants and app sessions name.
        package var initialHash: [UInt8]
        /// The hash of the token that it was rotated to; nil before the first rotation.
        package var rotatedHash: [UInt8]?
        package var authorization: Authorization

        package init(initialHash: [UInt8], rotatedHash: [UInt8]? = nil, authorization: Authorization) {
            self.initialHash = initialHash
            self.rotatedHash = rotatedHash
            self.authorization = authorization
        }
    }

    /// What it has in common with an IdP session.
    package let session: SessionRecord
    /// The client that it was made for.
    package let clientID: [UInt8]
    /// Whether it ends with the IdP session that it was made in.
    package let hasSingleSignOn: Bool
    /// Empty when it was made in none.
    package let idpSessionID: [UInt8]
    /// The deprecated top level's token; empty in new records.
    package let tokenHash: [UInt8]
    package let authorization: Authorization
    package let refreshTokens: [RefreshToken]

    package init(
        session: SessionRecord, clientID: [UInt8], hasSingleSignOn: Bool = false, idpSessionID: [UInt8] = [],
        tokenHash: [UInt8] = [], authorization: Authorization = Authorization(isKnown: false, hasFullAccess: false),
        refreshTokens: [RefreshToken] = []
    ) {
        self.session = session
        self.clientID = clientID
        self.hasSingleSignOn = hasSingleSignOn
        self.idpSessionID = idpSessionID
        self.tokenHash = tokenHash
        self.authorization = authorization
        self.refreshTokens = refreshTokens
    }

    /// Whether a credential that names this hash is of the grant itself, as all were before it had several refresh tokens.
    package func isItself(_ hash: [UInt8]) -> Bool { hash.isEmpty || hash == tokenHash }

    /// The authorization of the refresh token with this hash, by which a credential names the one that it was made with;
    /// nil when the grant no longer has it.
    ///
    /// - Parameter hash: empty: the grant itself is meant.
    func authorization(ofToken hash: [UInt8]) -> Authorization? {
        if isItself(hash) { return authorization }
        return refreshTokens.first { $0.rotatedHash == hash || $0.initialHash == hash }?.authorization
    }
}
