import Bytes

extension AccessGrantRecord {
    /// Decodes the record of the access token with this hash.
    convenience init(_ bytes: RawSpan, hash: RawSpan) throws(RecordError) {
        let members = try Members(bytes, id: hash)
        guard let kind = members.sessionKind, let sessionID = members.sessionID, !sessionID.isEmpty,
            let expireAt = members.expireAt
        else { throw .memberMissing }
        guard case .known(let sessionKind) = kind else { throw .kindUnknown }
        self.init(
            sessionKind: sessionKind, sessionID: sessionID, expireAt: expireAt,
            refreshTokenHash: members.refreshTokenHash ?? [])
    }

    private struct Members: RecordMembers {
        enum Kind {
            case known(SessionKind)
            case unknown
        }

        /// The id is `token_hash` here.
        var idMatches: Bool?
        var sessionKind: Kind?
        var sessionID: [UInt8]?
        var expireAt: Timestamp?
        var refreshTokenHash: [UInt8]?
        var values = RecordValues()

        mutating func read(from json: inout JSONReader, _ id: RawSpan) throws(JSONError) {
            while let name = try json.nextMember() {
                if name.matches("token_hash") {
                    idMatches = try values.string(&json, equals: id)
                } else if name.matches("session_kind") {
                    sessionKind = try values.string(&json).map(Self.kind)
                } else if name.matches("session_id") {
                    sessionID = try values.string(&json)
                } else if name.matches("expire_at") {
                    expireAt = try values.time(&json)
                } else if name.matches("refresh_token_hash") {
                    refreshTokenHash = try values.string(&json)
                }
            }
        }

        private static func kind(_ name: [UInt8]) -> Kind {
            switch String(decoding: name, as: UTF8.self) {
            case "idp_session": .known(.idpSession)
            case "offline_grant": .known(.offlineGrant)
            default: .unknown
            }
        }
    }
}
