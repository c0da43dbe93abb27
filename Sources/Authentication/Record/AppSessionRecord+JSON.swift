import Bytes

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

        mutating func read(from json: inout JSONReader, _ id: RawSpan) throws(JSONError) {
            while let name = try json.nextMember() {
                if name.matches("token_hash") {
                    idMatches = try values.string(&json, equals: id)
                } else if name.matches("offline_grant_id") {
                    offlineGrantID = try values.string(&json)
                } else if name.matches("expire_at") {
                    expireAt = try values.time(&json)
                } else if name.matches("refresh_token_hash") {
                    refreshTokenHash = try values.string(&json)
                }
            }
        }
    }
}
