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

extension SessionRecord {
    /// Decodes the record of the IdP session with this id.
    convenience init(_ bytes: RawSpan, id: RawSpan) throws(RecordError) {
        let members = try Members(bytes, id: id)
        try self.init(members.facts, tokenHash: members.tokenHash ?? [])
    }

    private struct Members: RecordMembers {
        var idMatches: Bool?
        var tokenHash: [UInt8]?
        var facts = SessionMembers()
        var values = RecordValues()

        mutating func read(from json: inout JSONReader, id: RawSpan) throws(JSONError) {
            while let name = try json.nextMember() {
                if name.matches("id") {
                    idMatches = try values.string(from: &json, equals: id)
                } else if name.matches("token_hash") {
                    tokenHash = try values.string(from: &json)
                } else {
                    try facts.read(name, from: &json, values: &values)
                }
            }
        }
    }
}

/// The members that IdP sessions and offline grants have in common, as they come.
struct SessionMembers {
    private(set) var userID: [UInt8]?
    private(set) var createdAt: Timestamp?
    private(set) var authenticatedAt: Timestamp?
    private(set) var lastAccess: Timestamp?
    private(set) var claims = IdentityClaims()

    /// Reads the member's value if it is one of these.
    mutating func read(
        _ name: borrowing JSONString, from json: inout JSONReader, values: inout RecordValues
    ) throws(JSONError) {
        if name.matches("created_at") {
            createdAt = try values.time(from: &json)
        } else if name.matches("authenticated_at") {
            authenticatedAt = try values.time(from: &json)
        } else if name.matches("attrs") {
            try readAttributes(from: &json, values: &values)
        } else if name.matches("access_info") {
            try readAccessInfo(from: &json, values: &values)
        }
    }

    private mutating func readAttributes(
        from json: inout JSONReader, values: inout RecordValues
    ) throws(JSONError) {
        guard try values.enterObject(from: &json) else { return }
        while let name = try json.nextMember() {
            if name.matches("user_id") {
                userID = try values.string(from: &json)
            } else if name.matches("claims") {
                if try values.enterObject(from: &json) { try readClaims(from: &json) }
            }
        }
    }

    private mutating func readClaims(from json: inout JSONReader) throws(JSONError) {
        while let name = try json.nextMember() { try claims.read(name, from: &json) }
    }

    private mutating func readAccessInfo(
        from json: inout JSONReader, values: inout RecordValues
    ) throws(JSONError) {
        guard try values.enterObject(from: &json) else { return }
        while let name = try json.nextMember() {
            if name.matches("last_access"), try values.enterObject(from: &json) {
                try readLastAccess(from: &json, values: &values)
            }
        }
    }

    private mutating func readLastAccess(
        from json: inout JSONReader, values: inout RecordValues
    ) throws(JSONError) {
        while let name = try json.nextMember() {
            if name.matches("time") { lastAccess = try values.time(from: &json) }
        }
    }
}

extension SessionRecord {
    convenience init(_ members: SessionMembers, tokenHash: [UInt8]) throws(RecordError) {
        guard let userID = members.userID, !userID.isEmpty, let createdAt = members.createdAt else {
            throw .memberMissing
        }
        self.init(
            userID: userID, tokenHash: tokenHash, createdAt: createdAt, authenticatedAt: members.authenticatedAt,
            lastAccess: members.lastAccess, claims: members.claims)
    }
}

extension IdentityClaims {
    /// Reads the value that comes next, when the member of that name is one of these claims. One of a wrong type counts as
    /// not stated.
    fileprivate mutating func read(_ name: borrowing JSONString, from json: inout JSONReader) throws(JSONError) {
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
