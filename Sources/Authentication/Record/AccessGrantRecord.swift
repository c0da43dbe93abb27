package import Bytes

/// An access token as Authgear stores it: which session it is of.
package final class AccessGrantRecord: Sendable {
    package enum SessionKind: Sendable {
        case idpSession
        case offlineGrant
    }

    package let sessionKind: SessionKind
    package let sessionID: [UInt8]
    /// The last moment at which it is good.
    package let expireAt: Timestamp
    /// The hash of the refresh token that it was made with; empty when the grant itself is meant.
    package let refreshTokenHash: [UInt8]

    package init(sessionKind: SessionKind, sessionID: [UInt8], expireAt: Timestamp, refreshTokenHash: [UInt8] = []) {
        self.sessionKind = sessionKind
        self.sessionID = sessionID
        self.expireAt = expireAt
        self.refreshTokenHash = refreshTokenHash
    }
}
