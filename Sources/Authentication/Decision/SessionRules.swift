/// How sessions are judged, and under which keys their records stand (contract sections 2 and 6).
///
/// One object, so that a request that waits costs one reference to it, and no copy of the arrays in it.
package final class SessionRules: Equatable, Sendable {
    /// What a session is answered whose user's record is missing.
    package enum MissingUser: Sendable {
        /// Unknown.
        case unavailable
        /// What is known.
        case partial
    }

    /// For IdP sessions.
    package let limits: SessionLimits
    package let offlineGrants: OfflineGrantRules
    package let missingUser: MissingUser
    package let keys: RecordKeys

    package init(
        appID: String, limits: SessionLimits, offlineGrants: OfflineGrantRules = OfflineGrantRules(),
        missingUser: MissingUser
    ) {
        self.keys = RecordKeys(appID: appID)
        self.limits = limits
        self.offlineGrants = offlineGrants
        self.missingUser = missingUser
    }

    /// Whether sessions are judged alike, and their records stand under the same keys.
    package static func == (left: SessionRules, right: SessionRules) -> Bool {
        left.limits == right.limits && left.offlineGrants == right.offlineGrants
            && left.missingUser == right.missingUser && left.keys == right.keys
    }
}
