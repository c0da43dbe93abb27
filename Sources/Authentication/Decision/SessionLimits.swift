import Bytes

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
