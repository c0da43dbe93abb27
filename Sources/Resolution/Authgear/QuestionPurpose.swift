/// What Authgear is asked for, where questions are counted.
package enum QuestionPurpose: UInt8, CaseIterable, Sendable {
    /// A user's record is missing.
    case user
    /// A credential's scopes can't be told from records.
    case scope
    /// There is no session store.
    case credential
    /// So that it writes down that a session is used.
    case touch
    /// An answer of its own is about to end.
    case renewal

    /// The label's value.
    package var label: StaticString {
        switch self {
        case .user: "user"
        case .scope: "scope"
        case .credential: "credential"
        case .touch: "touch"
        case .renewal: "renewal"
        }
    }
}
