package import Bytes

/// What Authgear knows of a user, cached by it for five minutes.
package struct UserRecord: Sendable {
    package var isDisabled: Bool
    package var isAnonymous: Bool?
    package var isVerified: Bool?
    package var canReauthenticate: Bool?
    /// `effective_role_keys`.
    package var roles: [[UInt8]]
    /// From this moment on the record counts as missing.
    package var accountStatusStaleFrom: Timestamp?

    func isStale(at now: Timestamp) -> Bool { now > lastFreshAt }

    /// The last moment at which the record counts.
    var lastFreshAt: Timestamp {
        accountStatusStaleFrom.map { Timestamp(microseconds: $0.microseconds &- 1) } ?? .distantFuture
    }
}
