import Bytes
import JOSE

/// When a session was last used, as far as its record tells.
struct SessionUse {
    private let lastAccess: Timestamp?
    private let idleTimeout: Duration?
    /// The key of its record.
    private let key: [UInt8]

    init(_ session: SessionRecord, under key: [UInt8], within limits: SessionLimits) {
        (lastAccess, idleTimeout) = (session.lastAccess, limits.idleTimeout)
        self.key = key
    }

    /// Which session it is, whatever credential leads to it.
    var session: SHA256Digest { SHA256Digest(of: key.span.bytes) }

    /// From when on Authgear is to be told that it is used.
    ///
    /// - Parameter span: for how long it may be used without that, unless a quarter of its idle time-out is less.
    func touchDue(after span: Duration) -> Timestamp {
        guard let lastAccess else { return .distantPast }
        return (lastAccess + (idleTimeout.map { min(span, $0 / 4) } ?? span)).adding(microseconds: 1)
    }
}
