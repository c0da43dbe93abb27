import Bytes
import Tokens

extension SessionRecord {
    /// Decodes the record of the IdP session with this id.
    convenience init(_ bytes: RawSpan, id: RawSpan) throws(RecordError) {
        var members = Members()
        do throws(JSONError) {
            var json = JSONReader(bytes)
            guard try json.enterObject() else { throw JSONError.unexpectedByte }
            try members.read(from: &json, id)
            try json.finish()
        } catch {
            throw .notJSON
        }
        if let problem = members.values.problem { throw problem }
        guard let idMatches = members.idMatches, let userID = members.userID, !userID.isEmpty,
            let createdAt = members.createdAt
        else { throw .memberMissing }
        guard idMatches else { throw .mismatched }
        self.init(
            userID: userID,
            tokenHash: members.tokenHash ?? [],
            createdAt: createdAt,
            authenticatedAt: members.authenticatedAt,
            lastAccess: members.lastAccess,
            claims: members.claims
        )
    }

    /// The members as they come, before it is known that none is missing.
    private struct Members {
        /// Whether `id` is the one that was asked for.
        var idMatches: Bool?
        var userID: [UInt8]?
        var tokenHash: [UInt8]?
        var createdAt: Timestamp?
        var authenticatedAt: Timestamp?
        var lastAccess: Timestamp?
        var claims = IdentityClaims()
        var values = RecordValues()

        mutating func read(from json: inout JSONReader, _ id: RawSpan) throws(JSONError) {
            while let name = try json.nextMember() {
                if name.equals("id") {
                    idMatches = try values.string(&json, equals: id)
                } else if name.equals("token_hash") {
                    tokenHash = try values.string(&json)
                } else if name.equals("created_at") {
                    createdAt = try values.time(&json)
                } else if name.equals("authenticated_at") {
                    authenticatedAt = try values.time(&json)
                } else if name.equals("attrs") {
                    try readAttributes(from: &json)
                } else if name.equals("access_info") {
                    try readAccessInfo(from: &json)
                }
            }
        }

        private mutating func readAttributes(from json: inout JSONReader) throws(JSONError) {
            guard try values.enterObject(&json) else { return }
            while let name = try json.nextMember() {
                if name.equals("user_id") {
                    userID = try values.string(&json)
                } else if name.equals("claims") {
                    if try values.enterObject(&json) { try readClaims(from: &json) }
                }
            }
        }

        private mutating func readClaims(from json: inout JSONReader) throws(JSONError) {
            while let name = try json.nextMember() { try claims.read(name, from: &json) }
        }

        private mutating func readAccessInfo(from json: inout JSONReader) throws(JSONError) {
            guard try values.enterObject(&json) else { return }
            while let name = try json.nextMember() {
                if name.equals("last_access"), try values.enterObject(&json) {
                    try readLastAccess(from: &json)
                }
            }
        }

        private mutating func readLastAccess(from json: inout JSONReader) throws(JSONError) {
            while let name = try json.nextMember() {
                if name.equals("time") { lastAccess = try values.time(&json) }
            }
        }
    }
}
