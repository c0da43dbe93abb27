import Authentication
import Bytes
import Fixtures
import HTTP1
import JOSE

/// A resolver with a store that is a dictionary: asks, answers every look-up at once, and gives the answer's lines.
struct Desk: ~Copyable {
    static let now = Timestamp(seconds: 1_795_237_800)
    static let cookie = "a8c1.secret"
    static let sessionKey = "app:my-project:session:a8c1"
    static let userKey = "app:my-project:userinfo:e307:__greatest__"
    static let bearerUserKey = "app:my-project:userinfo:e307:bearer"

    /// What the resolver began with.
    let settings: ResolverSettings
    var resolver: Resolver
    /// Both clocks.
    private(set) var moment = Moment(steady: 1_000_000_000, timestamp: Desk.now)
    /// What the civil clock says; when time passes, the steady one goes along.
    var now: Timestamp {
        get { moment.timestamp }
        set {
            moment.steady += (newValue.microseconds - moment.timestamp.microseconds) * 1_000
            moment.timestamp = newValue
        }
    }
    /// What the store has, or why it can't say.
    var store: [String: RecordReply]
    /// What Authgear says of everything.
    var authgear = AuthgearReply.unknown(.unreachable)
    /// What is done to the store when Authgear is asked.
    var whenAsked: (inout [String: RecordReply]) -> Void = { _ in }
    /// The questions that Authgear was asked while a request waited, in order.
    private(set) var questions: [AuthgearQuestion] = []
    /// What every search for a key comes to.
    var keyReply = KeyReply.unavailable
    /// The questions that servers were asked for claims while a request waited, in order.
    var introspections: [ClaimsQuestion] = []
    /// What they say of a credential, or behind its issuer's number one of them alone: the JSON text that a server answers with, or why
    /// there is none.
    var endpoint: [String: Result<String, AskFailure>] = [:]
    /// The same of a userinfo endpoint, which is asked about tokens as well.
    var userinfo: [String: Result<String, AskFailure>] = [:]
    /// How long they take.
    var takes = Duration.zero
    /// The keys that the store was asked for, in order.
    private(set) var asked: [String] = []
    /// Those under which it had nothing, as was to be proven.
    private(set) var proven: [String] = []
    /// Those that were asked for ahead, of users' records, and needed a proof.
    private(set) var provenAhead: [String] = []
    /// The keys that requests were likely to ask for next, in order.
    private(set) var asksAhead: [String] = []

    init(
        issuers: [TrustedIssuer] = [], keys: KeyRing = KeyRing(issuers: []), sessions: SessionRules? = Desk.rules(),
        prefix: String = "",
        store: [String: RecordReply] = Desk.store(),
        caches: CacheBound = CacheBound(entries: 100_000, bytes: 1 << 20),
        compatibility: Compatibility = .spec, clearingCookie: ClearingCookie? = nil,
        asking authgear: AuthgearRules? = nil, policies: [AccessPolicy] = [], sessionScopes: [String] = [],
        apiTokens: [APIToken]? = nil, csrf: CSRFRules? = nil, login: LoginRules? = nil,
        introspectors: [Introspector] = [], userinfos: [UserinfoServer] = [], cookieServers: [CookieServer] = [],
        assertion: AssertionSigner? = nil, dpop: DPoPRules? = nil, clientCertificate: ClientCertificateRules? = nil,
        challenge: Challenge = Challenge(), delivery: DeliveryRules = DeliveryRules(),
        replays: (any ReplayMemory)? = nil
    ) {
        settings = ResolverSettings(
            issuers: issuers, maximumTokenBytes: 16 << 10, sessions: sessions, authgear: authgear, cookiePrefix: prefix,
            clearingCookie: clearingCookie,
            format: AnswerFormat(
                amrSeparator: UInt8(ascii: ","), maximumValueLength: 8 << 10, compatibility: compatibility,
                completion: delivery.completion(beside: assertion?.header)),
            accessPolicies: policies, sessionScopes: sessionScopes.map { Array($0.utf8) },
            challenge: challenge,
            apiTokens: apiTokens.map(APITokenList.init), csrf: csrf, login: login, assertion: assertion, dpop: dpop,
            clientCertificate: clientCertificate, delivery: delivery,
            introspectors: introspectors,
            userinfos: userinfos, cookieServers: cookieServers,
            caches: CacheRules(tokens: caches, sessions: caches, sessionMaximumAge: .seconds(60)))
        resolver = Resolver(settings, keys: keys, renderer: HTTP1Renderer(), replays: replays)
        self.store = store
    }

    /// The answer's status and its lines, in order.
    mutating func ask(
        _ endpoint: Endpoint = .resolve, policy: String? = nil, authorization: String? = nil, apiToken: String? = nil,
        cookies: [String] = [], further: [(RequestFields.Further, String)] = []
    ) -> [String] {
        Self.lines(
            of: answer(
                endpoint, policy: policy, authorization: authorization, apiToken: apiToken, cookies: cookies,
                further: further))
    }

    mutating func answer(
        _ endpoint: Endpoint = .resolve, policy: String? = nil, authorization: String? = nil, apiToken: String? = nil,
        cookies: [String] = [], further: [(RequestFields.Further, String)] = []
    ) -> Answer {
        var (request, head) = Self.request(
            endpoint, authorization: authorization, apiToken: apiToken, cookies: cookies)
        for (field, value) in further {
            request.fields.add(field, at: FieldValue(start: head.count, end: head.count + value.utf8.count))
            head += Array(value.utf8)
        }
        request.policy = policy.flatMap { resolver.policy(named: Array($0.utf8).span.bytes) }
        var step = resolver.resolve(request, in: head.span.bytes, now: moment)
        while true {
            switch consume step {
            case .answer(let answer): return answer
            case .wait(for: .record(let query), let parked):
                asksAhead += parked.prefetch.map { String(decoding: $0.key, as: UTF8.self) }
                provenAhead += parked.prefetch.filter { $0.kind == .user && $0.absenceNeedsProof }
                    .map { String(decoding: $0.key, as: UTF8.self) }
                step = resolver.resume(parked, with: .record(reply(to: query)), now: moment)
            case .wait(for: .question(let question), let parked):
                questions.append(question)
                whenAsked(&store)
                step = resolver.resume(parked, with: .question(authgear), now: moment)
            case .wait(for: .claims(let question), let parked):
                introspections.append(question)
                let reply = claims(question)
                now = now + takes
                step = resolver.resume(parked, with: .claims(reply), now: moment)
            case .wait(for: .key, let parked):
                step = resolver.resume(parked, with: .key(keyReply), now: moment)
            }
        }
    }

    /// What is asked while nobody waits is asked now; gives how much that was.
    mutating func askInBackground() -> Int {
        let asked = resolver.takeBackgroundClaims()
        for asked in asked { resolver.conclude(asked, with: claims(asked.question), now: moment) }
        return asked.count
    }

    /// What a server says. Who nobody knows is inactive: to an introspection endpoint in words, to the others by a status.
    func claims(_ question: ClaimsQuestion) -> ClaimsReply {
        let purpose = question.server.purpose
        let known = purpose == .userinfo ? userinfo : endpoint
        let value = String(decoding: question.value, as: UTF8.self)
        var (status, text) = (200, #"{"active":false}"#)
        switch known["\(question.server.id.number):\(value)"] ?? known[value] {
        case .success(let said): text = said
        case .failure(let failure): return .unknown(failure)
        case nil: if purpose != .introspection { status = 401 }
        }
        return ClaimsAnswer(
            to: purpose, status: status, fields: [(name: String, value: String)](), body: Array(text.utf8),
            askedAt: moment.steady
        ).reply
    }

    /// Somebody sets the civil clock, forward or back.
    mutating func setClock(by span: Duration) {
        moment.timestamp = moment.timestamp + span
    }

    mutating func reply(to query: RecordQuery) -> RecordReply {
        let key = String(decoding: query.key, as: UTF8.self)
        asked.append(key)
        let reply = store[key] ?? .missing
        if case .missing = reply, query.absenceNeedsProof { proven.append(key) }
        return reply
    }

    /// How often what was refused for which reason, such as `session not_found`.
    var refusals: [String: Int] {
        var counts: [String: Int] = [:]
        resolver.tally.forEachRefusal { credential, reason, count in
            if count > 0 { counts["\(credential) \(reason)"] = count }
        }
        return counts
    }

    mutating func forgetAsked() {
        asked = []
        proven = []
        provenAhead = []
        asksAhead = []
        questions = []
    }

    static func request(
        _ endpoint: Endpoint, authorization: String?, apiToken: String? = nil, cookies: [String]
    ) -> (ResolveRequest, head: [UInt8]) {
        var request = ResolveRequest(endpoint)
        var head: [UInt8] = []
        if let authorization {
            request.fields.authorization = FieldValue(start: 0, end: authorization.utf8.count)
            head += Array(authorization.utf8)
        }
        if let apiToken {
            head += Array("\r\nX-API-Key:".utf8)
            request.fields.add(
                .apiToken, at: FieldValue(start: head.count, end: head.count + apiToken.utf8.count))
            head += Array(apiToken.utf8)
        }
        for cookie in cookies {
            head += Array("\r\nCookie:".utf8)
            request.fields.append(cookie: FieldValue(start: head.count, end: head.count + cookie.utf8.count))
            head += Array(cookie.utf8)
        }
        return (request, head)
    }

    static func lines(of answer: Answer) -> [String] {
        let bytes = answer.bytes + (answer.more ?? []) + (answer.assertion ?? [])
        return String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
            .filter { !$0.hasPrefix("Content-Length") }
    }

    static func rules(
        idleTimeout: Duration? = .seconds(30 * 86_400), offlineGrants: OfflineGrantRules = OfflineGrantRules(),
        missingUser: SessionRules.MissingUser = .unavailable
    ) -> SessionRules {
        SessionRules(
            appID: "my-project", limits: SessionLimits(lifetime: .seconds(364 * 86_400), idleTimeout: idleTimeout),
            offlineGrants: offlineGrants, missingUser: missingUser)
    }

    static func store(
        session: RecordReply = session(), user: RecordReply = user()
    ) -> [String: RecordReply] {
        [sessionKey: session, userKey: user]
    }

    static func session(
        user: String = "e307", secret: String = cookie, createdAt: Timestamp = now - .seconds(3_600),
        lastAccess: Timestamp? = now,
        claims: IdentityClaims = IdentityClaims(authenticationMethods: [Array("pwd".utf8)])
    ) -> RecordReply {
        let hash = secret.isEmpty ? [] : Array(secret.sha256.utf8)
        return .found(
            .session(
                SessionRecord(
                    userID: Array(user.utf8), tokenHash: hash, createdAt: createdAt,
                    authenticatedAt: Timestamp(seconds: 1_795_000_000), lastAccess: lastAccess, claims: claims)))
    }

    static func user(isDisabled: Bool = false, roles: [String] = ["stock.view"], staleFrom: Timestamp? = nil)
        -> RecordReply
    {
        .found(
            .user(
                UserRecord(
                    isDisabled: isDisabled, isAnonymous: false, isVerified: true, canReauthenticate: true,
                    roles: roles.map { Array($0.utf8) }, accountStatusStaleFrom: staleFrom)))
    }

    /// Why a server that is asked over HTTP does not say, and what that is called.
    static let askFailures: [(failure: AskFailure, reason: UnknownReason)] = Array(
        zip(
            AskFailure.allCases,
            [.askUnreachable, .askTimedOut, .askOverloaded, .askRefused, .askUnreadable]))

    static let none = ["HTTP/1.1 200 OK"]
    static let invalid = ["HTTP/1.1 200 OK", "x-authgear-session-valid: false"]
    static let valid = [
        "HTTP/1.1 200 OK",
        "x-authgear-session-valid: true",
        "x-authgear-user-id: e307",
        "x-authgear-user-anonymous: false",
        "x-authgear-user-verified: true",
        "x-authgear-user-can-reauthenticate: true",
        "x-authgear-user-roles: stock.view",
        "x-authgear-session-amr: pwd",
        "x-authgear-session-authenticated-at: 1795000000",
    ]

    static func unknown(_ reason: UnknownReason) -> [String] {
        ["HTTP/1.1 503 Service Unavailable", "x-authgear-resolver-error: \(reason.text)", "Retry-After: 1"]
    }
}
