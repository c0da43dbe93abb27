package import Bytes

/// What an `app_session` cookie stands for, as Authgear stores it.
package final class AppSessionRecord: Sendable {
    package let offlineGrantID: [UInt8]
    /// The last moment at which it is good.
    package let expireAt: Timestamp
    /// The hash of the refresh token that it was made with; empty when the grant itself is meant.
    package let refreshTokenHash: [UInt8]

    package init(offlineGrantID: [UInt8], expireAt: Timestamp, refreshTokenHash: [UInt8] = []) {
        self.offlineGrantID = offlineGrantID
        self.expireAt = expireAt
        self.refreshTokenHash = refreshTokenHash
    }
}

extension AppSessionRecord {
    /// Decodes the record of the app session with this hash.
    convenience init(_ bytes: RawSpan, hash: RawSpan) throws(RecordError) {
        let members = try Members(bytes, id: hash)
        guard let grantID = members.offlineGrantID, !grantID.isEmpty, let expireAt = members.expireAt else {
            throw .memberMissing
        }
        self.init(
            offlineGrantID: grantID, expireAt: expireAt, refreshTokenHash: members.refreshTokenHash ?? [])
    }

    private struct Members: RecordMembers {
        /// The id is `token_hash` here.
        var idMatches: Bool?
        var offlineGrantID: [UInt8]?
        var expireAt: Timestamp?
        var refreshTokenHash: [UInt8]?
        var values = RecordValues()

        mutating func read(from json: inout JSONReader, id: RawSpan) throws(JSONError) {
            while let name = try json.nextMember() {
                if name.matches("token_hash") {
                    idMatches = try values.string(from: &json, equals: id)
                } else if name.matches("offline_grant_id") {
                    offlineGrantID = try values.string(from: &json)
                } else if name.matches("expire_at") {
                    expireAt = try values.time(from: &json)
                } else if name.matches("refresh_token_hash") {
                    refreshTokenHash = try values.string(from: &json)
                }
            }
        }
    }
}
