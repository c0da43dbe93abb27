package import Bytes

/// A record of the session store, decoded.
package enum Record: Sendable {
    case session(SessionRecord)
    case user(UserRecord)
}

/// Why bytes are not the record that they should be. Never says the bytes.
package enum RecordError: UInt8, CaseIterable, Error, Sendable {
    /// Not one JSON object.
    case notJSON
    /// A member that is needed is absent.
    case memberMissing
    /// A member has another type than it should.
    case wrongType
    /// A time is not as RFC 3339 writes it.
    case badTime
}

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
}

/// What Authgear knows of a user, cached by it for five minutes.
package struct UserRecord: Sendable {
    package var isDisabled: Bool
    package var isAnonymous: Bool?
    package var isVerified: Bool?
    package var canReauthenticate: Bool?
    /// `effective_role_keys`.
    package var roles: [[UInt8]]
    /// From this moment on the record counts as missing.
    package var accountStatusStaleFrom: Timestamp?
}

/// The claims of contract section 4 that become headers, each nil when nobody stated it.
package struct IdentityClaims: Sendable {
    package var isAnonymous: Bool?
    package var isVerified: Bool?
    package var canReauthenticate: Bool?
    package var roles: [[UInt8]]?
    package var authenticationMethods: [[UInt8]]?
}
