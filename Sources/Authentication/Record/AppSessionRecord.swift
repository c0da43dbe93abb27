package import Bytes

/// What an `app_session` cookie stands for, as Authgear stores it.
package final class AppSessionRecord: Sendable {
    package let offlineGrantID: [UInt8]
    /// The last moment at which it is good.
    package let expireAt: Timestamp
    /// The hash of the refresh token that it was made with; empty when the grant itself is meant.
    package let refreshTokenHash: [UInt8]

    package init(offlineGrantID: [UInt8], expireAt: Timestamp, refreshTokenHash: [UInt8] = []) {
        self.offlineGrantID = offlineGrantID
        self.expireAt = expireAt
        self.refreshTokenHash = refreshTokenHash
    }
}
