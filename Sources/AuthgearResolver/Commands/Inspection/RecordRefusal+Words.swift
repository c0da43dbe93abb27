import Authentication

extension RecordRefusal {
    /// What it means, for a person.
    var words: String {
        switch self {
        case .malformedCookie: "the value is not <id>.<secret>, with exactly one dot"
        case .notFound: "the store has no record of it: it ended, was revoked, or never was"
        case .sessionNotFound: "the session that it belongs to has ended or was revoked"
        case .singleSignOnEnded: "the session that the grant ends with (single sign-on) has ended or was revoked"
        case .refusedByAuthgear: "Authgear says that it is invalid, or no request to Authgear can carry it"
        case .wrongSecret: "the session's secret is another"
        case .expired: "its time is over"
        case .grantExpired: "the time of the access grant that the token names is over"
        case .idle: "the session was not used for too long"
        case .clientUnlisted: "the client of its grant is not listed"
        case .sessionExpired: "the time of the session that it belongs to is over"
        case .sessionIdle: "the session that it belongs to was not used for too long"
        case .refreshTokenRevoked: "its grant no longer has the refresh token that it was made with"
        case .unauthorized: "its grant has no authorization"
        case .subjectMismatch: "its session is another user's than its sub"
        case .userDisabled: "the user is disabled"
        }
    }
}
