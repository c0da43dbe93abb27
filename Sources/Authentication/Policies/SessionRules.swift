import Bytes

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

/// How long sessions last.
package struct SessionLimits: Hashable, Sendable {
    package var lifetime: Duration
    /// Nil: sessions don't idle out.
    package var idleTimeout: Duration?

    package init(lifetime: Duration, idleTimeout: Duration?) {
        self.lifetime = lifetime
        self.idleTimeout = idleTimeout
    }

    /// The last moment at which the session is valid.
    func expiry(of session: SessionRecord) -> Timestamp {
        min(session.createdAt + lifetime, idleExpiry(of: session))
    }

    func isExpired(_ session: SessionRecord, at now: Timestamp) -> Bool {
        now > session.createdAt + lifetime
    }

    func isIdle(_ session: SessionRecord, at now: Timestamp) -> Bool {
        now > idleExpiry(of: session)
    }

    /// Authgear adds the time-out to its zero time, the year 1, when a session does not say when it was last used: such a
    /// session has long expired.
    private func idleExpiry(of session: SessionRecord) -> Timestamp {
        guard let idleTimeout else { return .distantFuture }
        return session.lastAccess.map { lastAccess in lastAccess + idleTimeout } ?? .distantPast
    }
}

/// How long offline grants last, by their clients (`sessions.offline_grants`, as in authgear.yaml).
package struct OfflineGrantRules: Hashable, Sendable {
    /// What becomes of grants whose client is not listed.
    package enum Unlisted: String, CaseIterable, Sendable {
        /// They last as long as the others.
        case allow
        /// They are invalid, as they are for Authgear.
        case refuse
    }

    package var limits: SessionLimits
    package var clients: [[UInt8]: SessionLimits]
    package var unlisted: Unlisted

    package init(
        limits: SessionLimits = SessionLimits(lifetime: .seconds(364 * 86_400), idleTimeout: .seconds(30 * 86_400)),
        clients: [[UInt8]: SessionLimits] = [:], unlisted: Unlisted = .allow
    ) {
        self.limits = limits
        self.clients = clients
        self.unlisted = unlisted
    }

    /// The limits for a grant of this client; nil when it is refused.
    package func limits(of client: [UInt8]) -> SessionLimits? {
        clients[client] ?? (unlisted == .allow ? limits : nil)
    }
}
