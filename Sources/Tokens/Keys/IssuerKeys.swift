package import Bytes

/// What is known of one issuer's keys.
package struct IssuerKeys: Sendable {
    /// The last good set; nil until the first fetch succeeded.
    package var set: KeySet?
    /// When the set is too old to be trusted (`jwks.max_stale` after it was last confirmed).
    package var usableUntil: Timestamp

    package init(set: KeySet?, usableUntil: Timestamp) {
        self.set = set
        self.usableUntil = usableUntil
    }
}
