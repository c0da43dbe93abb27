import Bytes

/// An offline grant, the session of an app or a single-page application, as Authgear stores it.
package final class OfflineGrantRecord: Sendable {
    /// What a session's credential may do, as far as the record tells.
    package struct Authorization: Hashable, Sendable {
        /// Whether there is one: `authz_id` is not empty.
        package var isKnown: Bool
        /// Whether its scopes hold `https://authgear.com/scopes/full-access`.
        package var hasFullAccess: Bool

        package init(isKnown: Bool, hasFullAccess: Bool) {
            self.isKnown = isKnown
            self.hasFullAccess = hasFullAccess
        }
    }

    package struct RefreshToken: Sendable {
        /// The hash that it began with, which access grants and app sessions name.
        package var initialHash: [UInt8]
        /// The hash of the token that it was rotated to; nil before the first rotation.
        package var rotatedHash: [UInt8]?
        package var authorization: Authorization
        /// The client that it was made for; nil when that is not said.
        package var clientID: [UInt8]?

        package init(
            initialHash: [UInt8], rotatedHash: [UInt8]? = nil, authorization: Authorization, clientID: [UInt8]? = nil
        ) {
            self.initialHash = initialHash
            self.rotatedHash = rotatedHash
            self.authorization = authorization
            self.clientID = clientID
        }
    }

    /// What it has in common with an IdP session.
    package let session: SessionRecord
    /// The client that it was made for.
    package let clientID: [UInt8]
    /// Whether it ends with the IdP session that it was made in.
    package let hasSingleSignOn: Bool
    /// Empty when it was made in none.
    package let idpSessionID: [UInt8]
    /// The deprecated top level's token; empty in new records.
    package let tokenHash: [UInt8]
    package let authorization: Authorization
    package let refreshTokens: [RefreshToken]

    package init(
        session: SessionRecord, clientID: [UInt8], hasSingleSignOn: Bool = false, idpSessionID: [UInt8] = [],
        tokenHash: [UInt8] = [], authorization: Authorization = Authorization(isKnown: false, hasFullAccess: false),
        refreshTokens: [RefreshToken] = []
    ) {
        self.session = session
        self.clientID = clientID
        self.hasSingleSignOn = hasSingleSignOn
        self.idpSessionID = idpSessionID
        self.tokenHash = tokenHash
        self.authorization = authorization
        self.refreshTokens = refreshTokens
    }

    /// Whether a credential that names this hash is of the grant itself, as all were before it had several refresh tokens.
    package func isItself(_ hash: [UInt8]) -> Bool { hash.isEmpty || hash == tokenHash }

    /// The authorization of the refresh token with this hash, by which a credential names the one that it was made with;
    /// nil when the grant no longer has it.
    ///
    /// - Parameter hash: empty: the grant itself is meant.
    func authorization(ofToken hash: [UInt8]) -> Authorization? {
        isItself(hash) ? authorization : refreshToken(hash)?.authorization
    }

    /// The client of the refresh token with this hash, else the grant's.
    func client(ofToken hash: [UInt8]) -> [UInt8]? {
        let client = (isItself(hash) ? nil : refreshToken(hash)?.clientID) ?? clientID
        return client.isEmpty ? nil : client
    }

    private func refreshToken(_ hash: [UInt8]) -> RefreshToken? {
        refreshTokens.first { $0.rotatedHash == hash || $0.initialHash == hash }
    }
}

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

        mutating func read(from json: inout JSONReader, id: RawSpan) throws(JSONError) {
            while let name = try json.nextMember() {
                if name.matches("id") {
                    idMatches = try values.string(from: &json, equals: id)
                } else if name.matches("client_id") {
                    clientID = try values.string(from: &json)
                } else if name.matches("sso_enabled") {
                    hasSingleSignOn = try values.boolean(from: &json) ?? false
                } else if name.matches("idp_session_id") {
                    idpSessionID = try values.string(from: &json)
                } else if name.matches("refresh_tokens") {
                    try readTokens(from: &json)
                } else if try !token.read(name, from: &json, values: &values) {
                    try session.read(name, from: &json, values: &values)
                }
            }
        }

        private mutating func readTokens(from json: inout JSONReader) throws(JSONError) {
            refreshTokens = []
            guard try values.enterArray(from: &json) else { return }
            while try json.nextElement() {
                guard try values.enterObject(from: &json) else { continue }
                var token = TokenMembers()
                var client: [UInt8]?
                while let name = try json.nextMember() {
                    if name.matches("client_id") {
                        client = try json.readString()?.copy()
                    } else {
                        _ = try token.read(name, from: &json, values: &values)
                    }
                }
                refreshTokens.append(
                    RefreshToken(
                        initialHash: token.hash ?? [], rotatedHash: token.rotatedHash,
                        authorization: token.authorization, clientID: client))
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
            _ name: borrowing JSONString, from json: inout JSONReader, values: inout RecordValues
        ) throws(JSONError) -> Bool {
            if name.matches("token_hash") {
                hash = try values.string(from: &json)
            } else if name.matches("rotated_token_hash") {
                rotatedHash = try values.string(from: &json)
            } else if name.matches("authz_id") {
                authorization.isKnown = try values.string(from: &json).map { !$0.isEmpty } ?? false
            } else if name.matches("scopes") {
                authorization.hasFullAccess = try values.strings(from: &json, hold: fullAccess)
            } else {
                return false
            }
            return true
        }
    }
}
