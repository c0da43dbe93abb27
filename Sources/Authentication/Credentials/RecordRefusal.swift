import JOSE

/// Why a credential that rests on records, or on the list of API tokens, is invalid: one case per check, in the order in which they run.
package enum RecordRefusal: UInt8, CaseIterable, Error, Sendable {
    /// A `session` cookie's value is not `<id>.<secret>`, or another server's cookie can't have the value.
    case malformedCookie
    /// The store does not have the credential's first record: it ended or never was.
    case notFound
    /// The session has no token hash, or the cookie's secret is not the session's.
    case wrongSecret
    /// The time of the credential's own record is over: an access grant's, an app session's (`expire_at`), a session's
    /// (`sessions.lifetime`).
    case expired
    /// The same of the access grant that a JWT names.
    case grantExpired
    /// `sessions.idle_timeout` has passed since the session was last used.
    case idle
    /// The session that an access grant or an app session belongs to has ended.
    case sessionNotFound
    /// An offline grant's client is not listed in `sessions.offline_grants.clients`, and `unlisted` is `refuse`.
    case clientUnlisted
    /// The lifetime of the session that the credential belongs to is over.
    case sessionExpired
    /// That session has not been used for too long.
    case sessionIdle
    /// The grant no longer has the refresh token that the credential was made with.
    case refreshTokenRevoked
    /// An app session of a grant that no authorization is known of.
    case unauthorized
    /// A grant with single sign-on whose IdP session has ended, or is not named.
    case singleSignOnEnded
    /// A JWT whose session is another user's than its `sub`.
    case subjectMismatch
    /// The user is disabled.
    case userDisabled
    /// Authgear says that it is invalid.
    case refusedByAuthgear
    /// A server that was asked says that it is not active.
    case inactive
    /// A server's answer about a cookie has a member that `refuse_when` names.
    case memberRefused
    /// A userinfo endpoint names another user than the token.
    case userinfoMismatch
    /// What an introspection endpoint says of an active token does not do; each as `TokenRefusal` has it.
    case issuerUnknown, expiryMalformed, notBeforeMalformed, notYetValid, notAccessToken, audienceMissing
    case audienceUnknown, subjectMissing, requiredClaim, userIDMissing, confirmationUnknown, confirmationUnchecked
    /// An API token whose secret has ended.
    case apiTokenExpired
    /// What can be nothing but an API token is not listed.
    case apiTokenUnknown

    /// The name that metrics give the reason.
    package var reason: StaticString {
        switch self {
        case .malformedCookie: "malformed_cookie"
        case .notFound: "not_found"
        case .wrongSecret: "wrong_secret"
        case .expired: "expired"
        case .grantExpired: "grant_expired"
        case .idle: "idle"
        case .sessionNotFound: "session_not_found"
        case .clientUnlisted: "client_unlisted"
        case .sessionExpired: "session_expired"
        case .sessionIdle: "session_idle"
        case .refreshTokenRevoked: "refresh_token_revoked"
        case .unauthorized: "unauthorized"
        case .singleSignOnEnded: "sso_ended"
        case .subjectMismatch: "subject_mismatch"
        case .userDisabled: "user_disabled"
        case .refusedByAuthgear: "refused_by_authgear"
        case .inactive: "inactive"
        case .memberRefused: "refused_member"
        case .userinfoMismatch: "userinfo_mismatch"
        case .issuerUnknown: TokenRefusal.issuerUnknown.reason
        case .expiryMalformed: TokenRefusal.expiryMissing.reason
        case .notBeforeMalformed: TokenRefusal.notBeforeMalformed.reason
        case .notYetValid: TokenRefusal.notYetValid.reason
        case .notAccessToken: TokenRefusal.notAccessToken.reason
        case .audienceMissing: TokenRefusal.audienceMissing.reason
        case .audienceUnknown: TokenRefusal.audienceUnknown.reason
        case .subjectMissing: TokenRefusal.subjectMissing.reason
        case .requiredClaim: TokenRefusal.requiredClaim.reason
        case .userIDMissing: TokenRefusal.userIDMissing.reason
        case .confirmationUnknown: TokenRefusal.confirmationUnknown.reason
        case .confirmationUnchecked: TokenRefusal.confirmationUnchecked.reason
        case .apiTokenExpired: "api_token_expired"
        case .apiTokenUnknown: "api_token_unknown"
        }
    }
}

extension RecordRefusal {
    /// Whether it is a check of what an introspection endpoint says of an active token.
    package var isOfClaims: Bool { Self.ofIntrospection.contains(self) }

    /// What an introspection endpoint's answer may lack, in the order of the checks.
    fileprivate static let ofIntrospection: [RecordRefusal] = [
        .issuerUnknown, .expiryMalformed, .notBeforeMalformed, .notYetValid, .notAccessToken, .audienceMissing,
        .audienceUnknown, .subjectMissing, .requiredClaim, .userIDMissing, .confirmationUnknown, .confirmationUnchecked,
    ]

    /// What a check of an introspection endpoint's answer is called for an opaque token.
    init(_ refusal: TokenRefusal) {
        self =
            refusal == .expired
            ? .expired : Self.ofIntrospection.first { "\($0.reason)" == "\(refusal.reason)" } ?? .inactive
    }
}

extension RefusedCredential {
    /// Why it may be refused for what its sender did not prove.
    package var proofRefusals: [ProofRefusal] {
        switch self {
        case .token, .accessToken: ProofRefusal.allCases
        case .apiToken: [.proofUnbound]
        case .appSession, .session, .cookie: []
        }
    }

    /// What the answer of a credential with this digest is kept under: the same bytes mean something else as another credential.
    func key(of digest: SHA256Digest) -> SHA256Digest { digest.tagged(rawValue) }

    /// The same of another server's cookie: the same value is another credential under another name, and for another server.
    static func key(ofCookie digest: SHA256Digest, of server: IssuerID) -> SHA256Digest {
        cookie.key(of: digest).tagged(word: server.number)
    }

    /// Why it may be refused for its records.
    package var recordRefusals: [RecordRefusal] {
        switch self {
        case .token: [.grantExpired] + Self.ofGrants + [.subjectMismatch, .inactive, .userinfoMismatch]
        case .accessToken: [.expired] + Self.ofGrants + [.inactive, .userinfoMismatch] + RecordRefusal.ofIntrospection
        case .appSession: [.expired] + Self.ofGrants + [.unauthorized]
        case .session: [.malformedCookie, .notFound, .wrongSecret, .expired, .idle, .userDisabled, .refusedByAuthgear]
        case .apiToken: [.apiTokenExpired, .apiTokenUnknown]
        case .cookie: [.malformedCookie, .inactive, .memberRefused, .userIDMissing]
        }
    }

    private static let ofGrants: [RecordRefusal] = [
        .notFound, .sessionNotFound, .clientUnlisted, .sessionExpired, .sessionIdle, .refreshTokenRevoked,
        .singleSignOnEnded, .userDisabled, .refusedByAuthgear,
    ]
}
