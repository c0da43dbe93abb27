/// A key that a token needs and the ring doesn't have: neither valid nor invalid yet.
package struct MissingKey: Hashable, Sendable {
    package enum Cause: Hashable, Sendable {
        /// No fetch has succeeded since the start.
        case neverLoaded
        /// The last good set is older than `jwks.max_stale`.
        case tooOld
        /// The set is fresh enough, and the `kid` is not in it.
        case unknownKid
    }

    package var issuer: IssuerID
    /// The token's `kid`, decoded; nil when it has none (then the cause is never `unknownKid`).
    package var kid: [UInt8]?
    package var cause: Cause

    package init(issuer: IssuerID, kid: [UInt8]?, cause: Cause) {
        self.issuer = issuer
        self.kid = kid
        self.cause = cause
    }
}
