package import Bytes
package import JOSE

/// A token that the resolver itself knows, for scripts (contract section 16): as whom it acts, and by which secrets.
package struct APIToken: Hashable, Sendable {
    /// One of its secrets. Of that itself nothing is kept.
    package struct Secret: Hashable, Sendable {
        /// SHA-256 of the whole secret.
        package var digest: SHA256Digest
        /// From when on it is no longer valid; nil: it never ends.
        package var expiresAt: Timestamp?

        package init(digest: SHA256Digest, expiresAt: Timestamp?) {
            self.digest = digest
            self.expiresAt = expiresAt
        }
    }

    /// What the operator calls it.
    package var id: String
    package var userID: [UInt8]
    package var roles: [[UInt8]] = []
    package var scopes: [[UInt8]] = []
    /// What it states of its user; nil: nothing.
    package var isVerified: Bool?
    package var isAnonymous: Bool?
    /// One, or two while it is being rotated.
    package var secrets: [Secret]

    package init(id: String, userID: [UInt8], secrets: [Secret]) {
        self.id = id
        self.userID = userID
        self.secrets = secrets
    }

    /// What secrets begin with that were made here. They are sent to nobody.
    package static let prefix: StaticString = "agr_"

    /// Whether a token was made here.
    static func isOwn(_ token: RawSpan) -> Bool {
        token.byteCount >= prefix.utf8CodeUnitCount
            && token.extracting(first: prefix.utf8CodeUnitCount).equals(prefix)
    }

    /// Whom it names: neither how nor when somebody logged in, for nobody did.
    var identity: Identity {
        Identity(
            userID: userID,
            claims: IdentityClaims(isAnonymous: isAnonymous, isVerified: isVerified, roles: roles),
            authenticatedAt: nil)
    }

    /// - Parameter end: its secret's.
    func terms(until end: Timestamp) -> CredentialTerms {
        var terms = CredentialTerms(.apiToken, scopes: scopes)
        terms.end = CredentialEnd(end)
        return terms
    }
}
