import Bytes

extension UserRecord {
    /// Decodes what Authgear cached of a user.
    convenience init(_ bytes: RawSpan) throws(RecordError) {
        var members = Members()
        do throws(JSONError) {
            var json = JSONReader(bytes)
            guard try json.enterObject() else { throw JSONError.unexpectedByte }
            try members.read(from: &json)
            try json.finish()
        } catch {
            throw .notJSON
        }
        if let problem = members.values.problem { throw problem }
        guard members.hasUser else { throw .memberMissing }
        self.init(
            isDisabled: members.isDisabled, isAnonymous: members.isAnonymous, isVerified: members.isVerified,
            canReauthenticate: members.canReauthenticate, roles: members.roles,
            accountStatusStaleFrom: members.accountStatusStaleFrom)
    }

    /// The members as they come, before it is known that none is missing.
    private struct Members {
        /// Whether `user` is there and an object.
        var hasUser = false
        var isDisabled = false
        var isAnonymous: Bool?
        var isVerified: Bool?
        var canReauthenticate: Bool?
        var roles: [[UInt8]] = []
        var accountStatusStaleFrom: Timestamp?
        var values = RecordValues()

        mutating func read(from json: inout JSONReader) throws(JSONError) {
            while let name = try json.nextMember() {
                if name.equals("user") {
                    hasUser = try values.enterObject(&json)
                    if hasUser { try readUser(from: &json) }
                } else if name.equals("effective_role_keys") {
                    roles = try values.strings(&json) ?? []
                } else if name.equals("account_status_stale_from") {
                    accountStatusStaleFrom = try values.time(&json)
                }
            }
        }

        private mutating func readUser(from json: inout JSONReader) throws(JSONError) {
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
        }
    }
}
