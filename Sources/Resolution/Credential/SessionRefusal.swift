/// Why a `session` cookie is invalid: one case per check, in the order in which they run (contract section 6).
package enum SessionRefusal: UInt8, CaseIterable, Error, Sendable {
    /// The cookie's value is not `<id>.<secret>`.
    case malformedCookie
    /// The store has no such session: it ended or never was.
    case notFound
    /// The session has no token hash, or the cookie's secret is not the session's.
    case wrongSecret
    /// `sessions.lifetime` has passed since the session was made.
    case expired
    /// `sessions.idle_timeout` has passed since the session was last used.
    case idle
    /// The session's user is disabled.
    case userDisabled

    /// The name that metrics give the reason.
    package var reason: StaticString {
        switch self {
        case .malformedCookie: "malformed_cookie"
        case .notFound: "not_found"
        case .wrongSecret: "wrong_secret"
        case .expired: "expired"
        case .idle: "idle"
        case .userDisabled: "user_disabled"
        }
    }
}
