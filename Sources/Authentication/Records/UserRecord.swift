package import Bytes

/// What Authgear knows of a user, cached by it for five minutes.
///
/// Shared by all that were told of one reply, who only keep a reference.
package final class UserRecord: Sendable {
    package let isDisabled: Bool
    package let isAnonymous: Bool?
    package let isVerified: Bool?
    package let canReauthenticate: Bool?
    /// `effective_role_keys`.
    package let roles: [[UInt8]]
    /// From this moment on the record counts as missing.
    package let accountStatusStaleFrom: Timestamp?
    /// When the store lets it end by itself, on the steady clock, in nanoseconds; nil when that is not known.
    package let endsAt: Int64?

    package init(
        isDisabled: Bool, isAnonymous: Bool? = nil, isVerified: Bool? = nil, canReauthenticate: Bool? = nil,
        roles: [[UInt8]], accountStatusStaleFrom: Timestamp? = nil, endsAt: Int64? = nil
    ) {
        self.isDisabled = isDisabled
        self.isAnonymous = isAnonymous
        self.isVerified = isVerified
        self.canReauthenticate = canReauthenticate
        self.roles = roles
        self.accountStatusStaleFrom = accountStatusStaleFrom
        self.endsAt = endsAt
    }

    func ending(at end: Int64) -> UserRecord {
        UserRecord(
            isDisabled: isDisabled, isAnonymous: isAnonymous, isVerified: isVerified,
            canReauthenticate: canReauthenticate, roles: roles, accountStatusStaleFrom: accountStatusStaleFrom,
            endsAt: end)
    }

    func isStale(at now: Timestamp) -> Bool { now > lastFreshAt }

    /// The last moment at which the record counts.
    var lastFreshAt: Timestamp {
        accountStatusStaleFrom.map { $0.adding(microseconds: -1) } ?? .distantFuture
    }
}

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

        mutating func read(from json: inout JSONReader, id: RawSpan) throws(JSONError) {
            while let name = try json.nextMember() {
                if name.matches("user") {
                    if try values.enterObject(from: &json) { try readUser(from: &json, id: id) }
                } else if name.matches("effective_role_keys") {
                    roles = try values.strings(from: &json) ?? []
                } else if name.matches("account_status_stale_from") {
                    accountStatusStaleFrom = try values.time(from: &json)
                }
            }
        }

        private mutating func readUser(from json: inout JSONReader, id: RawSpan) throws(JSONError) {
            while let name = try json.nextMember() {
                if name.matches("id") {
                    idMatches = try values.string(from: &json, equals: id)
                } else if name.matches("is_disabled") {
                    isDisabled = try values.boolean(from: &json) ?? false
                } else if name.matches("is_anonymous") {
                    isAnonymous = try values.boolean(from: &json)
                } else if name.matches("is_verified") {
                    isVerified = try values.boolean(from: &json)
                } else if name.matches("can_reauthenticate") {
                    canReauthenticate = try values.boolean(from: &json)
                }
            }
        }
    }
}
