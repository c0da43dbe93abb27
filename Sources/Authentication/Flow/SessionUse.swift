import Bytes

/// When a session was last used, as far as its record tells.
struct SessionUse {
    private let lastAccess: Timestamp?
    private let idleTimeout: Duration?

    init(_ session: SessionRecord, within limits: SessionLimits) {
        (lastAccess, idleTimeout) = (session.lastAccess, limits.idleTimeout)
    }

    /// From when on Authgear is to be told that it is used.
    ///
    /// - Parameter span: for how long it may be used without that, unless a quarter of its idle time-out is less.
    func touchDue(after span: Duration) -> Timestamp {
        guard let lastAccess else { return .distantPast }
        return (lastAccess + (idleTimeout.map { min(span, $0 / 4) } ?? span)).adding(microseconds: 1)
    }
}
