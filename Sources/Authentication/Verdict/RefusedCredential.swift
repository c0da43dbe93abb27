/// What a credential is called where refusals are counted.
package enum RefusedCredential: UInt8, CaseIterable, Sendable {
    /// A JWT.
    case token
    /// An opaque access token.
    case accessToken
    case appSession
    case session
    case apiToken
    /// A cookie whose session another server knows.
    case cookie

    /// The label's value.
    package var label: StaticString {
        switch self {
        case .token: "token"
        case .accessToken: "access_token"
        case .appSession: "app_session"
        case .session: "session"
        case .apiToken: "api_token"
        case .cookie: "cookie"
        }
    }

    /// Whether it is a token of a server's, which may be bound to a key.
    var isToken: Bool { self == .token || self == .accessToken }
}
