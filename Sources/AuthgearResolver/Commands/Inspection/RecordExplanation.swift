import Authentication
import Bytes

/// What the checks of a credential's records found and wanted, in the order in which they run.
///
/// There is no second implementation of the checks behind it: the resolver says which one failed, and those before it passed.
struct RecordExplanation {
    private let configuration: Configuration
    /// What the records are read for.
    let credential: RefusedCredential
    /// A JWT's `sub`, as JSON.
    private let subject: [UInt8]?
    private let now: Timestamp
    /// The refresh token that the access grant or app session names; nil before one was read.
    private var refreshTokenHash: [UInt8]?
    /// Whether the next session is the one that an offline grant ends with.
    private var isSingleSignOn = false

    init(_ configuration: Configuration, of credential: RefusedCredential, subject: [UInt8]?, now: Timestamp) {
        self.configuration = configuration
        self.credential = credential
        self.subject = subject
        self.now = now
    }

    /// The checks of the next record.
    ///
    /// - Parameter refusal: why the credential is refused after this record was read; nil when it isn't.
    mutating func checks(of record: Record, refusal: RecordRefusal?) -> [RecordCheck] {
        switch record {
        case .session(let session): checks(of: session, refusal: refusal)
        case .user(let user): checks(of: user)
        case .accessGrant(let grant): checks(ofToken: grant.expireAt, madeWith: grant.refreshTokenHash)
        case .appSession(let session): checks(ofToken: session.expireAt, madeWith: session.refreshTokenHash)
        case .offlineGrant(let grant): checks(of: grant, refusal: refusal)
        }
    }

    private mutating func checks(ofToken expireAt: Timestamp, madeWith hash: [UInt8]) -> [RecordCheck] {
        refreshTokenHash = hash
        return [
            RecordCheck(
                credential == .token ? .grantExpired : .expired, of: "expire_at", found: text(expireAt),
                wanted: "a time that has not passed")
        ]
    }

    private func checks(of session: SessionRecord, refusal: RecordRefusal?) -> [RecordCheck] {
        let limits = configuration.sessions.limits
        if isSingleSignOn {
            return [
                singleSignOn(
                    spans(
                        of: session, limits: limits, place: "sessions", expired: .singleSignOnEnded,
                        idle: .singleSignOnEnded))
            ]
                + ofSubject(session)
        }
        guard credential == .session else {
            return spans(of: session, limits: limits, place: "sessions", expired: .sessionExpired, idle: .sessionIdle)
                + ofSubject(session)
        }
        let hash = session.tokenHash.isEmpty ? "none" : "another cookie's"
        let secret = RecordCheck(
            .wrongSecret, of: "token_hash", found: refusal == .wrongSecret ? hash : "this cookie's",
            wanted: "this cookie's"
        )
        return [secret] + spans(of: session, limits: limits, place: "sessions", expired: .expired, idle: .idle)
    }

    private mutating func checks(of grant: OfflineGrantRecord, refusal: RecordRefusal?) -> [RecordCheck] {
        let rules = configuration.sessions.offlineGrants
        let client = "\"\(String(printable: grant.clientID))\""
        let unlisted =
            rules.unlisted == .allow
            ? "any: sessions.offline_grants.unlisted is allow"
            : "one of sessions.offline_grants.clients: unlisted is refuse"
        var checks = [RecordCheck(.clientUnlisted, of: "client_id", found: client, wanted: unlisted)]
        guard let limits = rules.limits(of: grant.clientID) else { return checks }
        let place = "sessions.offline_grants" + (rules.clients[grant.clientID] == nil ? "" : ".clients")
        checks += spans(of: grant.session, limits: limits, place: place, expired: .sessionExpired, idle: .sessionIdle)
        isSingleSignOn = grant.hasSingleSignOn
        if isSingleSignOn {
            let id = String(printable: grant.idpSessionID)
            checks.append(
                RecordCheck(
                    .singleSignOnEnded, of: "idp_session_id", found: id.isEmpty ? "none" : "\"\(id)\"",
                    wanted: "one: the grant has sso_enabled"))
        }
        checks += tokenChecks(of: grant, refusal: refusal)
        return isSingleSignOn ? checks : checks + ofSubject(grant.session)
    }

    /// The refresh token that the credential was made with.
    private func tokenChecks(of grant: OfflineGrantRecord, refusal: RecordRefusal?) -> [RecordCheck] {
        let isGrantItself = grant.isItself(refreshTokenHash ?? [])
        let count = Finding.count(grant.refreshTokens.count, of: "refresh token")
        let found =
            refusal == .refreshTokenRevoked
            ? "\(count), none of them that one" : isGrantItself ? "the grant itself" : "it among \(count)"
        var checks = [
            RecordCheck(
                .refreshTokenRevoked, of: "refresh_tokens", found: found,
                wanted: isGrantItself
                    ? "the grant itself: none of its refresh tokens is named"
                    : "the one that the credential was made with")
        ]
        if credential == .appSession, isGrantItself {
            checks.append(
                RecordCheck(
                    .unauthorized, of: "authz_id", found: refusal == .unauthorized ? "none" : "one", wanted: "one"))
        }
        return checks
    }

    /// Both checks of when a session ends, as the one that they are for a grant that ends with it.
    private func singleSignOn(_ spans: [RecordCheck]) -> RecordCheck {
        let sentences = spans.map(\.sentence)
        return RecordCheck(
            .singleSignOnEnded, of: sentences.map(\.subject).joined(separator: " and "),
            found: sentences.map(\.found).joined(separator: " and "),
            wanted: sentences.map(\.wanted).joined(separator: " and "))
    }

    /// When a session ends.
    private func spans(
        of session: SessionRecord, limits: SessionLimits, place: String, expired: RecordRefusal, idle: RecordRefusal
    ) -> [RecordCheck] {
        let unused = limits.idleTimeout.map { "at most \($0.text) ago (\(place): idle_timeout)" }
        return [
            RecordCheck(
                expired, of: "created_at", found: text(session.createdAt),
                wanted: "at most \(limits.lifetime.text) ago (\(place): lifetime)"),
            RecordCheck(
                idle, of: "last_access", found: session.lastAccess.map(text) ?? "none",
                wanted: unused ?? "anything: idle_timeout is off"),
        ]
    }

    /// Whom the token names.
    private func ofSubject(_ session: SessionRecord) -> [RecordCheck] {
        guard credential == .token, let subject else { return [] }
        return [
            RecordCheck(
                .subjectMismatch, of: "user_id", found: "\"\(String(printable: session.userID))\"",
                wanted: "the token's sub, \"\(String(printable: subject.dropFirst().dropLast()))\"")
        ]
    }

    private func checks(of user: UserRecord) -> [RecordCheck] {
        var stale = RecordCheck(
            nil, of: "account_status_stale_from", found: user.accountStatusStaleFrom.map(text) ?? "none",
            wanted: "none, or a time to come; else the record counts as missing")
        stale.isStale = user.accountStatusStaleFrom.map { $0 <= now } ?? false
        let disabled = RecordCheck(
            .userDisabled, of: "is_disabled", found: user.isDisabled ? "true" : "false", wanted: "false")
        return [stale, disabled]
    }

    private func text(_ moment: Timestamp) -> String { moment.distance(from: now) ?? "a time before 1970" }
}

/// One check of a record, for a person.
struct RecordCheck {
    /// What the credential is refused with when it fails; nil when it can't fail.
    var refusal: RecordRefusal?
    var sentence: CheckSentence
    /// Whether it is the one for which the record counts as missing.
    var isStale = false

    init(_ refusal: RecordRefusal?, of subject: String, found: String, wanted: String) {
        self.refusal = refusal
        sentence = CheckSentence(subject: subject, found: found, wanted: wanted)
    }
}
