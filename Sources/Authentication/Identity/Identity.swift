package import Bytes
package import JOSE

/// Who is calling, as a valid credential says. What nobody stated is nil and gets no header.
package struct Identity: Sendable {
    package var userID: [UInt8]
    package var claims: IdentityClaims
    package var authenticatedAt: Timestamp?

    package init(userID: [UInt8], claims: IdentityClaims, authenticatedAt: Timestamp?) {
        self.userID = userID
        self.claims = claims
        self.authenticatedAt = authenticatedAt
    }
}
