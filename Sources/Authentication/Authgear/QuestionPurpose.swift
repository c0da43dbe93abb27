/// What Authgear is asked for, where questions are counted.
package enum QuestionPurpose: UInt8, CaseIterable, Sendable {
    /// A user's record is missing, or has ended.
    case user
    /// Redis can't tell whether a credential's scopes are enough.
    case decide
    /// So that it writes down that a session is used.
    case touch
    /// There is no session store.
    case session
    /// To compare answers.
    case shadow

    /// The label's value.
    package var label: StaticString {
        switch self {
        case .user: "user"
        case .decide: "decide"
        case .touch: "touch"
        case .session: "session"
        case .shadow: "shadow"
        }
    }
}
