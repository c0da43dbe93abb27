import Bytes
import JOSE

/// The members that IdP sessions and offline grants have in common, as they come.
struct SessionMembers {
    private(set) var userID: [UInt8]?
    private(set) var createdAt: Timestamp?
    private(set) var authenticatedAt: Timestamp?
    private(set) var lastAccess: Timestamp?
    private(set) var claims = IdentityClaims()

    /// Reads the member's value if it is one of these.
    mutating func read(
        _ name: borrowing JSONString, from json: inout JSONReader, _ values: inout RecordValues
    ) throws(JSONError) {
        if name.matches("created_at") {
            createdAt = try values.time(&json)
        } else if name.matches("authenticated_at") {
            authenticatedAt = try values.time(&json)
        } else if name.matches("attrs") {
            try readAttributes(from: &json, &values)
        } else if name.matches("access_info") {
            try readAccessInfo(from: &json, &values)
        }
    }

    private mutating func readAttributes(
        from json: inout JSONReader, _ values: inout RecordValues
    ) throws(JSONError) {
        guard try values.enterObject(&json) else { return }
        while let name = try json.nextMember() {
            if name.matches("user_id") {
                userID = try values.string(&json)
            } else if name.matches("claims") {
                if try values.enterObject(&json) { try readClaims(from: &json) }
            }
        }
    }

    private mutating func readClaims(from json: inout JSONReader) throws(JSONError) {
        while let name = try json.nextMember() { try claims.read(name, from: &json) }
    }

    private mutating func readAccessInfo(
        from json: inout JSONReader, _ values: inout RecordValues
    ) throws(JSONError) {
        guard try values.enterObject(&json) else { return }
        while let name = try json.nextMember() {
            if name.matches("last_access"), try values.enterObject(&json) {
                try readLastAccess(from: &json, &values)
            }
        }
    }

    private mutating func readLastAccess(
        from json: inout JSONReader, _ values: inout RecordValues
    ) throws(JSONError) {
        while let name = try json.nextMember() {
            if name.matches("time") { lastAccess = try values.time(&json) }
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
