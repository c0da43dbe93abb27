import Bytes

extension AppSessionRecord {
    /// Decodes the record of the app session with this hash.
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
        guard let grantID = members.offlineGrantID, !grantID.isEmpty, let expireAt = members.expireAt else {
            throw .memberMissing
        }
        self.init(
            offlineGrantID: grantID, expireAt: expireAt, refreshTokenHash: members.refreshTokenHash ?? [])
    }

    /// The members as they come, before it is known that none is missing.
    private struct Members {
        /// Whether `token_hash` is the one that was asked for.
        var hashMatches: Bool?
        var offlineGrantID: [UInt8]?
        var expireAt: Timestamp?
        var refreshTokenHash: [UInt8]?
        var values = RecordValues()

        mutating func read(from json: inout JSONReader, _ hash: RawSpan) throws(JSONError) {
            while let name = try json.nextMember() {
                if name.equals("token_hash") {
                    hashMatches = try values.string(&json, equals: hash)
                } else if name.equals("offline_grant_id") {
                    offlineGrantID = try values.string(&json)
                } else if name.equals("expire_at") {
                    expireAt = try values.time(&json)
                } else if name.equals("refresh_token_hash") {
                    refreshTokenHash = try values.string(&json)
                }
            }
        }
    }
}
