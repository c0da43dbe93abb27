import Bytes

extension AccessGrantRecord {
    /// Decodes the record of the access token with this hash.
    convenience init(_ bytes: RawSpan, hash: RawSpan) throws(RecordError) {
        var members = Members()
        do throws(JSONError) {
            var json = JSONReader(bytes, deepValues: .passedOver)
            guard try json.enterObject() else { throw JSONError.unexpectedByte }
            try members.read(from: &json, hash)
            try json.finish()
        } catch {
            throw .notJSON
        }
        if let problem = members.values.problem { throw problem }
        guard let hashMatches = members.hashMatches else { throw .memberMissing }
        guard hashMatches else { throw .mismatched }
        guard let kind = members.sessionKind, let sessionID = members.sessionID, !sessionID.isEmpty,
            let expireAt = members.expireAt
        else { throw .memberMissing }
        guard case .known(let sessionKind) = kind else { throw .kindUnknown }
        self.init(
            sessionKind: sessionKind, sessionID: sessionID, expireAt: expireAt,
            refreshTokenHash: members.refreshTokenHash ?? [])
    }

    /// The members as they come, before it is known that none is missing.
    private struct Members {
        enum Kind {
            case known(SessionKind)
            case unknown
        }

        /// Whether `token_hash` is the one that was asked for.
        var hashMatches: Bool?
        var sessionKind: Kind?
        var sessionID: [UInt8]?
        var expireAt: Timestamp?
        var refreshTokenHash: [UInt8]?
        var values = RecordValues()

        mutating func read(from json: inout JSONReader, _ hash: RawSpan) throws(JSONError) {
            while let name = try json.nextMember() {
                if name.equals("token_hash") {
                    hashMatches = try values.string(&json, equals: hash)
                } else if name.equals("session_kind") {
                    sessionKind = try values.string(&json).map(Self.kind)
                } else if name.equals("session_id") {
                    sessionID = try values.string(&json)
                } else if name.equals("expire_at") {
                    expireAt = try values.time(&json)
                } else if name.equals("refresh_token_hash") {
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
