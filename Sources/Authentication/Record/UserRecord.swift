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
