/// The claims of contract section 4 that become headers, each nil when nobody stated it.
package struct IdentityClaims: Sendable {
    package var isAnonymous: Bool?
    package var isVerified: Bool?
    package var canReauthenticate: Bool?
    package var roles: [[UInt8]]?
    package var authenticationMethods: [[UInt8]]?
}
