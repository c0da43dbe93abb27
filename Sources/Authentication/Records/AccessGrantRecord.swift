package import Bytes

/// An access token as Authgear stores it: which session it is of.
package final class AccessGrantRecord: Sendable {
    package enum SessionKind: Sendable {
        case idpSession
        case offlineGrant
    }

    package let sessionKind: SessionKind
    package let sessionID: [UInt8]
    /// The last moment at which it is good.
    package let expireAt: Timestamp
    /// The hash of the refresh token that it was made with; empty when the grant itself is meant.
    package let refreshTokenHash: [UInt8]
    /// The text of a JSON array; empty when there is none.
    package let scopes: [UInt8]

    package init(
        sessionKind: SessionKind, sessionID: [UInt8], expireAt: Timestamp, refreshTokenHash: [UInt8] = [],
        scopes: [UInt8] = []
    ) {
        self.sessionKind = sessionKind
        self.sessionID = sessionID
        self.expireAt = expireAt
        self.refreshTokenHash = refreshTokenHash
        self.scopes = scopes
    }
}

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
            refreshTokenHash: members.refreshTokenHash ?? [],
            scopes: members.scopes.map { [UInt8](copying: bytes.extracting($0)) } ?? [])
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
        /// Where the text of the array stands.
        var scopes: Range<Int>?
        var values = RecordValues()

        mutating func read(from json: inout JSONReader, id: RawSpan) throws(JSONError) {
            while let name = try json.nextMember() {
                if name.matches("token_hash") {
                    idMatches = try values.string(from: &json, equals: id)
                } else if name.matches("session_kind") {
                    sessionKind = try values.string(from: &json).map(Self.kind)
                } else if name.matches("session_id") {
                    sessionID = try values.string(from: &json)
                } else if name.matches("expire_at") {
                    expireAt = try values.time(from: &json)
                } else if name.matches("refresh_token_hash") {
                    refreshTokenHash = try values.string(from: &json)
                } else if name.matches("scopes"), json.kind == .array {
                    scopes = try json.readRawValue()
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
