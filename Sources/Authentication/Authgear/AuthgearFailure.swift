/// Why Authgear did not say whether a credential is valid.
package enum AuthgearFailure: UInt8, CaseIterable, Error, Sendable {
    /// No connection, TLS or name.
    case unreachable
    case timedOut
    /// Status 429 or 503; or too much is asked here, or Authgear failed several times in a row.
    case overloaded
    /// Whatever answered does not answer as Authgear's resolver does.
    case refused
}
