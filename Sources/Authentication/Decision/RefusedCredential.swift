import JOSE

/// What a credential is called where refusals are counted.
package enum RefusedCredential: UInt8, CaseIterable, Sendable {
    /// A JWT.
    case token
    /// An opaque access token.
    case accessToken
    case appSession
    case session

    /// The label's value.
    package var label: StaticString {
        switch self {
        case .token: "token"
        case .accessToken: "access_token"
        case .appSession: "app_session"
        case .session: "session"
        }
    }

    /// What the answer of a credential with this digest is kept under: the same bytes mean something else as another credential.
    func key(of digest: SHA256Digest) -> SHA256Digest { digest.tagged(rawValue) }

    /// Why it may be refused for its records.
    package var recordRefusals: [RecordRefusal] {
        switch self {
        case .token: [.grantExpired] + Self.ofGrants + [.subjectMismatch]
        case .accessToken: [.expired] + Self.ofGrants
        case .appSession: [.expired] + Self.ofGrants + [.unauthorized]
        case .session: [.malformedCookie, .notFound, .wrongSecret, .expired, .idle, .userDisabled, .refusedByAuthgear]
        }
    }

    private static let ofGrants: [RecordRefusal] = [
        .notFound, .sessionNotFound, .clientUnlisted, .sessionExpired, .sessionIdle, .refreshTokenRevoked,
        .singleSignOnEnded, .userDisabled, .refusedByAuthgear,
    ]
}
