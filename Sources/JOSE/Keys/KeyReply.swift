/// What came of looking for a missing key.
package enum KeyReply: Hashable, Sendable {
    /// The issuer's set holds the key by now: verify again.
    case arrived
    /// A fetch that began after the `kid` was first seen did not bring it: the token is invalid.
    case absent
    /// It could not be looked for in time: the outcome is unknown.
    case unavailable
}
