package import Bytes

/// The claims of contract section 4 that become headers, each nil when nobody stated it.
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

extension IdentityClaims {
    /// Reads the value that comes next, when the member of that name is one of these claims. One of a wrong type counts as
    /// not stated.
    package mutating func read(_ name: borrowing JSONString, from json: inout JSONReader) throws(JSONError) {
        switch name {
        case "amr": authenticationMethods = try json.readStrings()
        case "https://authgear.com/claims/user/is_anonymous": isAnonymous = try json.readBoolean()
        case "https://authgear.com/claims/user/is_verified": isVerified = try json.readBoolean()
        case "https://authgear.com/claims/user/can_reauthenticate": canReauthenticate = try json.readBoolean()
        case "https://authgear.com/claims/user/roles": roles = try json.readStrings()
        default: break
        }
    }
}
