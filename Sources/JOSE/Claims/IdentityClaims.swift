/// The claims about a user and a session that become headers (contract section 3), each nil when nobody stated it.
package struct IdentityClaims: Sendable {
    package var isAnonymous: Bool?
    package var isVerified: Bool?
    package var canReauthenticate: Bool?
    package var roles: [[UInt8]]?
    package var authenticationMethods: [[UInt8]]?

    package init(
        isAnonymous: Bool? = nil, isVerified: Bool? = nil, canReauthenticate: Bool? = nil,
        roles: [[UInt8]]? = nil, authenticationMethods: [[UInt8]]? = nil
    ) {
        self.isAnonymous = isAnonymous
        self.isVerified = isVerified
        self.canReauthenticate = canReauthenticate
        self.roles = roles
        self.authenticationMethods = authenticationMethods
    }
}
