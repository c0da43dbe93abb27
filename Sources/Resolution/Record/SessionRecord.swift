package import Bytes

/// An IdP session as Authgear stores it; members that nothing here needs are not kept.
package struct SessionRecord: Sendable {
    package var userID: [UInt8]
    /// Lowercase hexadecimal SHA-256 of the whole cookie value; empty when the session has none (then it is never valid).
    package var tokenHash: [UInt8]
    package var createdAt: Timestamp
    /// Nil when unset (`0001-01-01T00:00:00Z` or absent).
    package var authenticatedAt: Timestamp?
    /// `access_info.last_access.time`; nil when unset.
    package var lastAccess: Timestamp?
    /// What the session itself says of its user (`attrs.claims`).
    package var claims: IdentityClaims

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
