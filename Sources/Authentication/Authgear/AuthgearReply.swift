/// What a question to Authgear came to.
package enum AuthgearReply: Sendable {
    case valid(Identity)
    case invalid
    /// It says nothing about a session, as of what it takes for no credential: bearer tokens that it does not know, too.
    case silent
    case unknown(AuthgearFailure)

    /// Whether it is the end of a credential.
    package var isInvalid: Bool {
        switch self {
        case .invalid, .silent: true
        case .valid, .unknown: false
        }
    }
}
