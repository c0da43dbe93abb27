/// What is known of one issuer's keys.
package struct IssuerKeys: Sendable {
    /// The last good set; nil until the first fetch succeeded.
    package var set: KeySet?
    /// When the set is too old to be trusted (`jwks.max_stale` after it was last confirmed): a moment of the steady clock, in
    /// nanoseconds, so that setting the civil clock neither ends nor lengthens the trust.
    package var usableUntil: Int64

    package init(set: KeySet?, usableUntil: Int64) {
        self.set = set
        self.usableUntil = usableUntil
    }
}
