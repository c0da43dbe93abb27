import Bytes

extension UserRecord {
    /// Decodes what Authgear cached of a user.
    init(_ bytes: RawSpan) throws(RecordError) {
        var record = UserRecord(isDisabled: false, roles: [])
        var hasUser = false
        var values = RecordValues()
        do throws(JSONError) {
            var json = JSONReader(bytes)
            guard try json.enterObject() else { throw JSONError.unexpectedByte }
            while let name = try json.nextMember() {
                if name.equals("user") {
                    hasUser = try record.readUser(from: &json, &values)
                } else if name.equals("effective_role_keys") {
                    record.roles = try values.strings(&json) ?? []
                } else if name.equals("account_status_stale_from") {
                    record.accountStatusStaleFrom = try values.time(&json)
                }
            }
            try json.finish()
        } catch {
            throw .notJSON
        }
        if let problem = values.problem { throw problem }
        guard hasUser else { throw .memberMissing }
        self = record
    }

    /// Reads the member `user`; false when it is no object.
    private mutating func readUser(from json: inout JSONReader, _ values: inout RecordValues) throws(JSONError) -> Bool
    {
        guard try values.enterObject(&json) else { return false }
        while let name = try json.nextMember() {
            if name.equals("is_disabled") {
                isDisabled = try values.boolean(&json) ?? false
            } else if name.equals("is_anonymous") {
                isAnonymous = try values.boolean(&json)
            } else if name.equals("is_verified") {
                isVerified = try values.boolean(&json)
            } else if name.equals("can_reauthenticate") {
                canReauthenticate = try values.boolean(&json)
            }
        }
        return true
    }
}
