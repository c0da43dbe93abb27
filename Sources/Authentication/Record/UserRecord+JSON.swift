import Bytes

extension UserRecord {
    /// Decodes what Authgear cached of the user with this id.
    convenience init(_ bytes: RawSpan, id: RawSpan) throws(RecordError) {
        let members = try Members(bytes, id: id)
        self.init(
            isDisabled: members.isDisabled, isAnonymous: members.isAnonymous, isVerified: members.isVerified,
            canReauthenticate: members.canReauthenticate, roles: members.roles,
            accountStatusStaleFrom: members.accountStatusStaleFrom)
    }

    private struct Members: RecordMembers {
        /// The id is `user.id` here.
        var idMatches: Bool?
        var isDisabled = false
        var isAnonymous: Bool?
        var isVerified: Bool?
        var canReauthenticate: Bool?
        var roles: [[UInt8]] = []
        var accountStatusStaleFrom: Timestamp?
        var values = RecordValues()

        mutating func read(from json: inout JSONReader, _ id: RawSpan) throws(JSONError) {
            while let name = try json.nextMember() {
                if name.matches("user") {
                    if try values.enterObject(&json) { try readUser(from: &json, id) }
                } else if name.matches("effective_role_keys") {
                    roles = try values.strings(&json) ?? []
                } else if name.matches("account_status_stale_from") {
                    accountStatusStaleFrom = try values.time(&json)
                }
            }
        }

        private mutating func readUser(from json: inout JSONReader, _ id: RawSpan) throws(JSONError) {
            while let name = try json.nextMember() {
                if name.matches("id") {
                    idMatches = try values.string(&json, equals: id)
                } else if name.matches("is_disabled") {
                    isDisabled = try values.boolean(&json) ?? false
                } else if name.matches("is_anonymous") {
                    isAnonymous = try values.boolean(&json)
                } else if name.matches("is_verified") {
                    isVerified = try values.boolean(&json)
                } else if name.matches("can_reauthenticate") {
                    canReauthenticate = try values.boolean(&json)
                }
            }
        }
    }
}
