import Bytes

extension OfflineGrantRecord {
    private static let fullAccess: StaticString = "https://authgear.com/scopes/full-access"

    /// Decodes the record of the offline grant with this id.
    convenience init(_ bytes: RawSpan, id: RawSpan) throws(RecordError) {
        let members = try Members(bytes, id: id)
        self.init(
            session: try SessionRecord(members.session, tokenHash: []), clientID: members.clientID ?? [],
            hasSingleSignOn: members.hasSingleSignOn, idpSessionID: members.idpSessionID ?? [],
            tokenHash: members.token.hash ?? [], authorization: members.token.authorization,
            refreshTokens: members.refreshTokens)
    }

    private struct Members: RecordMembers {
        var idMatches: Bool?
        var session = SessionMembers()
        var clientID: [UInt8]?
        var hasSingleSignOn = false
        var idpSessionID: [UInt8]?
        /// The top level's.
        var token = TokenMembers()
        var refreshTokens: [RefreshToken] = []
        var values = RecordValues()

        mutating func read(from json: inout JSONReader, _ id: RawSpan) throws(JSONError) {
            while let name = try json.nextMember() {
                if name.matches("id") {
                    idMatches = try values.string(&json, equals: id)
                } else if name.matches("client_id") {
                    clientID = try values.string(&json)
                } else if name.matches("sso_enabled") {
                    hasSingleSignOn = try values.boolean(&json) ?? false
                } else if name.matches("idp_session_id") {
                    idpSessionID = try values.string(&json)
                } else if name.matches("refresh_tokens") {
                    try readTokens(from: &json)
                } else if try !token.read(name, from: &json, &values) {
                    try session.read(name, from: &json, &values)
                }
            }
        }

        private mutating func readTokens(from json: inout JSONReader) throws(JSONError) {
            refreshTokens = []
            guard try values.enterArray(&json) else { return }
            while try json.nextElement() {
                guard try values.enterObject(&json) else { continue }
                var token = TokenMembers()
                while let name = try json.nextMember() { _ = try token.read(name, from: &json, &values) }
                refreshTokens.append(
                    RefreshToken(
                        initialHash: token.hash ?? [], rotatedHash: token.rotatedHash,
                        authorization: token.authorization))
            }
        }
    }

    /// The members of a refresh token, which the top level has, too.
    private struct TokenMembers {
        var hash: [UInt8]?
        var rotatedHash: [UInt8]?
        var authorization = Authorization(isKnown: false, hasFullAccess: false)

        /// Reads the member's value if it is one of these.
        mutating func read(
            _ name: borrowing JSONString, from json: inout JSONReader, _ values: inout RecordValues
        ) throws(JSONError) -> Bool {
            if name.matches("token_hash") {
                hash = try values.string(&json)
            } else if name.matches("rotated_token_hash") {
                rotatedHash = try values.string(&json)
            } else if name.matches("authz_id") {
                authorization.isKnown = try values.string(&json).map { !$0.isEmpty } ?? false
            } else if name.matches("scopes") {
                authorization.hasFullAccess = try values.strings(&json, hold: fullAccess)
            } else {
                return false
            }
            return true
        }
    }
}
