/// How closely answers follow Authgear's own resolver (contract section 12).
package enum Compatibility: String, CaseIterable, Sendable {
    /// As the specification says.
    case spec
    /// As its code does: *invalid* is *none* unless a `session` cookie was presented, sessions have an empty
    /// `x-authgear-session-amr`, and *invalid* clears the cookie.
    case authgear
}
