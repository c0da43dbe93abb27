import Authentication
import Bytes
import JOSE
import Redis
import Worker

/// What was asked while a credential was decided on, one after another, and what came of it.
struct CredentialTrace {
    private enum Event {
        case record(RecordQuery, RecordReply, trouble: String?)
        case question(AuthgearReply, trouble: String?)
        case claims(AskedServer.Purpose, ClaimsReply, trouble: String?)
    }

    private var events: [Event] = []
    /// What came of looking for the token's key; nil when it was there.
    private(set) var key: KeyReply?

    /// Does what a decision waits for, and notes what came of it. Keys were fetched just now, so a `kid` that is not among
    /// them is unknown to the issuer.
    mutating func perform(_ effect: Effect, with sources: InspectionSources) async -> EffectReply {
        switch effect {
        case .record(let query):
            let (reply, trouble) = await sources.read(query)
            events.append(.record(query, reply, trouble: trouble))
            return .record(reply)
        case .question(let question):
            let (reply, trouble) = await sources.ask(question)
            events.append(.question(reply, trouble: trouble))
            return .question(reply)
        case .claims(let question):
            let (reply, trouble) = await sources.askForClaims(question)
            events.append(.claims(question.server.purpose, reply, trouble: trouble))
            return .claims(reply)
        case .key(let missing):
            let reply: KeyReply = missing.cause == .unknownKid ? .absent : .unavailable
            key = reply
            return .key(reply)
        }
    }

    /// A line for everything that was asked, and for each check of what was found; then for what it was refused with, unless
    /// one of these told it.
    func lines(by explanation: RecordExplanation, refusal: RecordRefusal?) -> String {
        var (explanation, lines, untold) = (explanation, "", refusal)
        for (number, event) in events.enumerated() {
            switch event {
            case .record(let query, let reply, let trouble):
                lines += "  record   \(Self.place(of: query)): \(Self.words(of: reply, trouble: trouble))\n"
                guard case .found(let record) = reply else { continue }
                let refusal = number == events.count - 1 ? refusal : nil
                for check in explanation.checks(of: record, refusal: refusal) {
                    let isFailed = check.isStale || refusal != nil && check.refusal == refusal
                    lines += isFailed ? check.sentence.failed(check.refusal?.reason) : check.sentence.passed
                    if isFailed, !check.isStale { untold = nil }
                    if isFailed { break }
                }
            case .claims(let purpose, let reply, let trouble):
                lines += "  \(purpose.words): \(Self.words(of: reply, trouble: trouble))\n"
            case .question(let reply, let trouble):
                lines += "  Authgear asked about the credential (\(purpose(before: number))): "
                lines += "\(Self.words(of: reply, trouble: trouble))\n"
            }
        }
        if let untold {
            let isOther = untold == .malformedCookie && explanation.credential == .cookie
            lines += "  refused  \(isOther ? Self.malformedCookie : untold.words) (\(untold.reason))\n"
        }
        return lines
    }

    private static let malformedCookie = "no cookie has such a value (RFC 6265), or it is longer than 4096 bytes"

    /// What Authgear is asked for, by what was read before.
    private func purpose(before number: Int) -> String {
        guard number > 0, case .record(let query, _, _) = events[number - 1] else { return "there is no other store" }
        return query.kind == .user
            ? "the user's record is missing" : "the records don't tell whether its scopes are enough"
    }

    /// A record's key. What stands in it of a token or an app session is cut short, though it is a hash.
    private static func place(of query: RecordQuery) -> String {
        let key = String(printable: query.key, limit: 400)
        switch query.kind {
        case .session, .user, .offlineGrant: return key
        case .accessGrant, .appSession:
            let start = key.lastIndex(of: ":").map(key.index(after:)) ?? key.startIndex
            return "\(key[..<start])\(key[start...].prefix(8))…"
        }
    }

    private static func words(of reply: RecordReply, trouble: String?) -> String {
        switch reply {
        case .found: "found"
        case .missing: "missing"
        case .unreadable(let error): "unreadable: \(error.words)"
        case .unavailable(let failure): "not read: \(trouble ?? failure.words)"
        }
    }

    private static func words(of reply: ClaimsReply, trouble: String?) -> String {
        switch reply {
        case .active: "active"
        case .inactive: "inactive"
        case .unknown: trouble ?? "no answer"
        }
    }

    private static func words(of reply: AuthgearReply, trouble: String?) -> String {
        switch reply {
        case .valid(let identity): "valid, of the user \"\(String(printable: identity.userID))\""
        case .invalid, .silent: "invalid"
        case .unknown: trouble ?? "no answer"
        }
    }
}

extension AskedServer.Purpose {
    /// What was asked, for a person.
    fileprivate var words: String {
        switch self {
        case .introspection: "introspection asked about the token"
        case .cookie: "cookies  the server was asked whose session it is"
        case .userinfo: "userinfo asked for what the token lacks"
        }
    }
}

extension RecordRefusal {
    /// What it means, for a person.
    var words: String {
        switch self {
        case .malformedCookie:
            "the value is not <id>.<secret>, with exactly one dot"
        case .notFound: "the store has no record of it: it ended, was revoked, or never was"
        case .sessionNotFound: "the session that it belongs to has ended or was revoked"
        case .singleSignOnEnded: "the session that the grant ends with (single sign-on) has ended or was revoked"
        case .refusedByAuthgear: "Authgear says that it is invalid, or no request to Authgear can carry it"
        case .inactive: "the server that was asked calls it inactive"
        case .memberRefused: "the answer has a member that refuse_when names"
        case .userinfoMismatch: "the userinfo endpoint names another user than its sub"
        case .issuerUnknown: "the introspection endpoint calls it another issuer's"
        case .expiryMalformed, .notBeforeMalformed: "a time in the introspection endpoint's answer is no number"
        case .notYetValid: "its time has not come yet, as the introspection endpoint says"
        case .notAccessToken: "the introspection endpoint calls it no access token"
        case .audienceMissing:
            "the introspection endpoint does not say whom it is for: neither aud, nor a client_id that counts"
        case .audienceUnknown: "it is for none of audiences, and of none of introspection.clients"
        case .subjectMissing: "the introspection endpoint's answer has no sub"
        case .requiredClaim: "a required claim is absent from the introspection endpoint's answer, or another"
        case .userIDMissing: "the answer of the server that was asked does not say who the user is"
        case .confirmationUnknown, .confirmationUnchecked:
            "it is bound to a key, and nobody checks that its sender has it"
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
        case .apiTokenExpired: "it is an API token whose secret has ended"
        case .apiTokenUnknown: "it can be nothing but an API token, and the list has none with this secret"
        }
    }
}
