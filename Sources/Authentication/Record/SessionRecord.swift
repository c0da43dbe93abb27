package import Bytes
package import JOSE

/// An IdP session as Authgear stores it, or what an offline grant has in common with one; members that nothing here needs are
/// not kept.
///
/// Shared by all that were told of one reply, who only keep a reference.
package final class SessionRecord: Sendable {
    package let userID: [UInt8]
    /// Lowercase hexadecimal SHA-256 of the whole cookie value; empty when the session has none (then it is never valid).
    package let tokenHash: [UInt8]
    package let createdAt: Timestamp
    /// Nil when unset (`0001-01-01T00:00:00Z` or absent).
    package let authenticatedAt: Timestamp?
    /// `access_info.last_access.time`; nil when unset.
    package let lastAccess: Timestamp?
    /// What the session itself says of its user (`attrs.claims`).
    package let claims: IdentityClaims

    package init(
        userID: [UInt8], tokenHash: [UInt8], createdAt: Timestamp, authenticatedAt: Timestamp?, lastAccess: Timestamp?,
        claims: IdentityClaims
    ) {
        self.userID = userID
        self.tokenHash = tokenHash
        self.createdAt = createdAt
        self.authenticatedAt = authenticatedAt
        self.lastAccess = lastAccess
        self.claims = claims
    }
}
