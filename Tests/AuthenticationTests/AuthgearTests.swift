import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// What Authgear is asked when records can't tell, and what its word is worth (contract section 10).
struct AuthgearTests {
    private static let cookies = ["session=\(Desk.cookie)"]
    private static let rules = AuthgearRules(maximumAge: .seconds(10), touchAfter: .seconds(3_600))

    private static func identity(_ user: String = "e307") -> Identity {
        var claims = IdentityClaims()
        claims.isAnonymous = false
        claims.isVerified = true
        claims.canReauthenticate = true
        claims.roles = [Array("from.authgear".utf8)]
        return Identity(userID: Array(user.utf8), claims: claims, authenticatedAt: Timestamp(seconds: 1_795_000_000))
    }

    private static let own = [
        "HTTP/1.1 200 OK", "x-authgear-session-valid: true", "x-authgear-user-id: e307",
        "x-authgear-user-anonymous: false", "x-authgear-user-verified: true",
        "x-authgear-user-can-reauthenticate: true", "x-authgear-user-roles: from.authgear",
        "x-authgear-session-authenticated-at: 1795000000",
    ]

    /// A method that holds what stands between two methods.
    private static var unstatable: Identity {
        var identity = identity()
        identity.claims.authenticationMethods = [Array("pwd,otp".utf8)]
        return identity
    }

    private static func withoutUser(_ authgear: AuthgearReply) -> Desk {
        var desk = Desk(store: Desk.store(user: .missing), asking: rules)
        desk.authgear = authgear
        desk.resolver.trustSessions(until: .max)
        return desk
    }

    @Test func `a user whose record is missing is asked about, and the record that Authgear wrote then answers`() {
        var desk = Self.withoutUser(.valid(Self.identity()))
        desk.whenAsked = { $0[Desk.userKey] = Desk.user() }
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.asked == [Desk.sessionKey, Desk.userKey, Desk.bearerUserKey, Desk.userKey])
        #expect(desk.questions.count == 1)
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.resolver.sessionCacheFigures.hits == 1)
        #expect(desk.questions.count == 1)
    }

    @Test func `where Authgear writes no record its own answer counts, for so long, while the session stands`() {
        var desk = Self.withoutUser(.valid(Self.identity()))
        #expect(desk.ask(cookies: Self.cookies) == Self.own)
        desk.now = desk.now + .seconds(10)
        #expect(desk.ask(cookies: Self.cookies) == Self.own)
        #expect(desk.questions.count == 1)
        desk.now = desk.now + .microseconds(1)
        #expect(desk.ask(cookies: Self.cookies) == Self.own)
        #expect(desk.questions.count == 2)
        desk.store[Desk.sessionKey] = .missing
        desk.resolver.recordChanged(Array(Desk.sessionKey.utf8), now: desk.moment)
        #expect(desk.ask(cookies: Self.cookies) == Desk.invalid)
    }

    @Test func `the user's record ends what Authgear itself answered`() {
        var desk = Self.withoutUser(.valid(Self.identity()))
        for _ in 0..<2 { #expect(desk.ask(cookies: Self.cookies) == Self.own) }
        #expect(desk.resolver.sessionCacheFigures.hits == 1)
        desk.store[Desk.userKey] = Desk.user(isDisabled: true)
        desk.resolver.recordChanged(Array(Desk.userKey.utf8), now: desk.moment)
        #expect(desk.ask(cookies: Self.cookies) == Desk.invalid)
    }

    @Test func `a session that describes its user is not asked about`() {
        var claims = Self.identity().claims
        claims.authenticationMethods = nil
        var desk = Desk(store: Desk.store(session: Desk.session(claims: claims), user: .missing), asking: Self.rules)
        #expect(desk.ask(cookies: Self.cookies) == Self.own)
        #expect(desk.questions.isEmpty)
    }

    static let words: [(reply: AuthgearReply, lines: [String])] = [
        (.invalid, Desk.invalid),
        (.valid(identity("another")), Desk.unknown(.authgearRefused)),
        (.valid(unstatable), Desk.unknown(.authgearRefused)),
        (.unknown(.unreachable), Desk.unknown(.authgearUnreachable)),
        (.unknown(.timedOut), Desk.unknown(.authgearTimedOut)),
        (.unknown(.overloaded), Desk.unknown(.authgearOverloaded)),
        (.unknown(.refused), Desk.unknown(.authgearRefused)),
    ]

    @Test(arguments: words)
    func `what Authgear says of a session without a user`(reply: AuthgearReply, lines: [String]) {
        var desk = Self.withoutUser(reply)
        #expect(desk.ask(cookies: Self.cookies) == lines)
        #expect(desk.ask(cookies: Self.cookies) == lines)
        #expect(desk.questions.count == (lines == Desk.invalid ? 1 : 2), "and nothing else of it is remembered")
    }

    @Test(arguments: words + [(.valid(identity()), own)])
    func `what Authgear says of an app session without full access`(reply: AuthgearReply, lines: [String]) {
        let grant = World.grant(authorization: World.littleAccess)
        var desk = Desk(store: World.with([World.grantKey: grant]).store, asking: Self.rules)
        desk.authgear = reply
        #expect(desk.ask(cookies: ["app_session=\(World.appSession)"]) == lines)
        guard case .cookie(let name, let value)? = desk.questions.first?.credential else {
            Issue.record("it is not asked about a cookie")
            return
        }
        #expect(name == Array("app_session".utf8) && value == Array(World.appSession.utf8))
    }

    // MARK: Touching

    private static func used(_ span: Duration, rules: AuthgearRules = rules, idleTimeout: Duration? = nil) -> Desk {
        let session = Desk.session(lastAccess: Desk.now - span)
        return Desk(
            sessions: Desk.rules(idleTimeout: idleTimeout), store: Desk.store(session: session),
            caches: CacheBound(entries: 0, bytes: 0), asking: rules)
    }

    @Test func `a session that was not used for long is touched, at most once a minute`() {
        var desk = Self.used(.seconds(3_601))
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.resolver.takeBackgroundQuestions().count == 1)
        desk.now = desk.now + .seconds(59)
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.resolver.takeBackgroundQuestions().isEmpty)
        desk.now = desk.now + .seconds(1)
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.resolver.takeBackgroundQuestions().count == 1)
    }

    @Test func `who is answered from memory uses a session, which is touched in time`() {
        let session = Desk.session(lastAccess: Desk.now - .seconds(3_580))
        var desk = Desk(store: Desk.store(session: session), asking: Self.rules)
        desk.resolver.trustSessions(until: .max)
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        desk.pass(.seconds(20))
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.resolver.sessionCacheFigures.hits == 1)
        #expect(desk.resolver.takeBackgroundQuestions().isEmpty)
        desk.pass(.microseconds(1))
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.resolver.takeBackgroundQuestions().map(\.purpose) == [.touch])
        // Authgear does not write it down: it is told again in a minute, and meanwhile memory answers.
        desk.pass(.seconds(59))
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.resolver.takeBackgroundQuestions().isEmpty)
        desk.pass(.seconds(1))
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.resolver.takeBackgroundQuestions().map(\.purpose) == [.touch])
        #expect(desk.resolver.sessionCacheFigures.hits == 2)
    }

    @Test func `a grant's IdP session is kept alive as well`() {
        for (grantUsed, sessionUsed) in [(1, 3_601), (3_601, 1), (1, 1)] as [(Int64, Int64)] {
            let world = World.with([
                World.grantKey: World.grant(
                    lastAccess: Desk.now - .seconds(grantUsed), singleSignOn: true, idpSession: World.idpSessionID),
                Desk.sessionKey: Desk.session(lastAccess: Desk.now - .seconds(sessionUsed)),
            ])
            var desk = Desk(store: world.store, asking: Self.rules)
            #expect(desk.ask(authorization: "Bearer \(World.token)") == Desk.valid)
            #expect(
                desk.resolver.takeBackgroundQuestions().map(\.purpose)
                    == (grantUsed + sessionUsed > 3_600 ? [.touch] : []))
        }
    }

    /// Tokens and app sessions of one grant, and grants of one IdP session.
    @Test(arguments: [false, true])
    func `a session is touched once, whatever credentials lead to it`(isSingleSignOn: Bool) {
        let old = Desk.now - .seconds(3_601)
        let world = World.with([
            World.grantKey: World.grant(
                lastAccess: isSingleSignOn ? Desk.now : old, singleSignOn: isSingleSignOn,
                idpSession: World.idpSessionID),
            Desk.sessionKey: Desk.session(lastAccess: old),
        ])
        var desk = Desk(store: world.store, asking: Self.rules)
        for _ in 0..<2 {
            #expect(desk.ask(authorization: "Bearer \(World.token)") == Desk.valid)
            #expect(desk.ask(cookies: ["app_session=\(World.appSession)"]) == Desk.valid)
            if isSingleSignOn { #expect(desk.ask(cookies: Self.cookies) == Desk.valid) }
            let touches = desk.resolver.takeBackgroundQuestions()
            #expect(touches.map(\.purpose) == [.touch] && touches[0].session != nil)
            desk.pass(.seconds(60))
        }
    }

    @Test func `what Authgear calls invalid is not asked about at each request`() {
        var desk = Self.withoutUser(.invalid)
        for _ in 0..<20 { #expect(desk.ask(cookies: Self.cookies) == Desk.invalid) }
        #expect(desk.questions.count == 1)
        desk.pass(.seconds(5))
        #expect(desk.ask(cookies: Self.cookies) == Desk.invalid)
        #expect(desk.questions.count == 2)
        // Only Authgear is not asked: a record that comes counts at once.
        desk.store[Desk.userKey] = Desk.user()
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
    }

    @Test func `another Authgear is told at once, whatever the former one was told`() {
        var desk = Self.used(.seconds(3_601))
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.resolver.takeBackgroundQuestions().count == 1)
        var settings = desk.settings
        settings.authgear?.place = "another"
        desk.resolver.adopt(settings)
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.resolver.takeBackgroundQuestions().count == 1)
    }

    static let spans: [(used: Duration, after: Duration?, idle: Duration?, isTouched: Bool)] = [
        (.seconds(3_600), .seconds(3_600), nil, false), (.seconds(3_601), .seconds(3_600), nil, true),
        (.seconds(3_601), nil, nil, false),
        // A quarter of the idle time-out at most.
        (.seconds(1_000), .seconds(3_600), .seconds(4_000), false),
        (.seconds(1_001), .seconds(3_600), .seconds(4_000), true),
        (.seconds(3_601), .seconds(3_600), .seconds(400_000), true),
    ]

    @Test(arguments: spans)
    func `a session is touched after a while, or a quarter of what it may idle`(
        used: Duration, after: Duration?, idle: Duration?, isTouched: Bool
    ) {
        var desk = Self.used(used, rules: AuthgearRules(touchAfter: after), idleTimeout: idle)
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.resolver.takeBackgroundQuestions().count == (isTouched ? 1 : 0))
    }

    @Test func `what Authgear calls invalid when it is touched is forgotten at once`() {
        var desk = Desk(
            store: Desk.store(session: Desk.session(lastAccess: Desk.now - .seconds(7_200))), asking: Self.rules)
        desk.resolver.trustSessions(until: .max)
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        let touches = desk.resolver.takeBackgroundQuestions()
        #expect(desk.resolver.sessionCacheFigures.entries == 1)
        for touch in touches { desk.resolver.conclude(touch, with: .unknown(.timedOut), now: desk.moment) }
        #expect(desk.resolver.sessionCacheFigures.entries == 1)
        for touch in touches { desk.resolver.conclude(touch, with: .invalid, now: desk.moment) }
        #expect(desk.resolver.sessionCacheFigures.entries == 0)
    }

    // MARK: In place of a store

    private static func withoutStore(_ reply: AuthgearReply) -> Desk {
        var desk = Desk(sessions: nil, asking: AuthgearRules(isStore: true, maximumAge: .seconds(10)))
        desk.authgear = reply
        return desk
    }

    @Test(
        arguments: [
            ("Bearer \(World.token)", []), (nil, ["session=\(Desk.cookie)"]),
            (nil, ["app_session=\(World.appSession)"]),
            (nil, ["app_access_token=\(World.token)"]),
        ] as [(String?, [String])])
    func `without a store each credential is a question, its answer kept for a while`(
        authorization: String?, cookies: [String]
    ) {
        var desk = Self.withoutStore(.valid(Self.identity()))
        #expect(desk.ask(authorization: authorization, cookies: cookies) == Self.own)
        #expect(desk.questions.map(\.wasValid) == [false])
        desk.now = desk.now + .seconds(7)
        #expect(desk.ask(authorization: authorization, cookies: cookies) == Self.own)
        #expect(desk.resolver.takeBackgroundQuestions().isEmpty)
        // In the last fifth of its time it is asked about again, and nobody waits.
        desk.now = desk.now + .seconds(1)
        #expect(desk.ask(authorization: authorization, cookies: cookies) == Self.own)
        let renewals = desk.resolver.takeBackgroundQuestions()
        #expect(renewals.count == 1 && desk.questions.count == 1)
        for renewal in renewals {
            desk.resolver.conclude(renewal, with: .valid(Self.identity()), now: desk.moment)
        }
        desk.now = desk.now + .seconds(7)
        #expect(desk.ask(authorization: authorization, cookies: cookies) == Self.own)
        #expect(desk.questions.count == 1)
        desk.now = desk.now + .seconds(60)
        #expect(desk.ask(authorization: authorization, cookies: cookies) == Self.own)
        #expect(desk.questions.map(\.wasValid) == [false, true])
    }

    @Test(arguments: ["session=\(Desk.cookie)", "app_session=\(World.appSession)", "app_access_token=\(World.token)"])
    func `one that comes after a credential that waits is renewed before it ends, as one that comes first is`(
        cookie: String
    ) {
        var desk = Self.withoutStore(.valid(Self.identity()))
        #expect(desk.ask(cookies: [cookie]) == Self.own)
        desk.authgear = .invalid
        desk.now = desk.now + .seconds(7)
        #expect(desk.ask(authorization: "Bearer first", cookies: [cookie]) == Self.own)
        #expect(desk.resolver.takeBackgroundQuestions().isEmpty)
        desk.now = desk.now + .seconds(1)
        #expect(desk.ask(authorization: "Bearer second", cookies: [cookie]) == Self.own)
        let renewals = desk.resolver.takeBackgroundQuestions()
        #expect(renewals.count == 1)
        for renewal in renewals {
            desk.resolver.conclude(renewal, with: .valid(Self.identity()), now: desk.moment)
        }
        desk.now = desk.now + .seconds(7)
        #expect(desk.ask(authorization: "Bearer third", cookies: [cookie]) == Self.own)
        // Nobody waited but for what came first.
        #expect(desk.questions.count == 4)
    }

    @Test func `one that was valid a moment ago counts as known, however many were after it`() {
        var desk = Desk(
            sessions: nil, caches: CacheBound(entries: 20_000, bytes: 64 << 20),
            asking: AuthgearRules(isStore: true, maximumAge: .seconds(10)))
        desk.authgear = .valid(Self.identity())
        #expect(desk.ask(cookies: Self.cookies) == Self.own)
        for number in 0..<9_000 { #expect(desk.ask(cookies: ["app_session=t\(number)"]) == Self.own) }
        desk.pass(.seconds(11))
        desk.forgetAsked()
        #expect(desk.ask(cookies: Self.cookies) == Self.own)
        #expect(desk.questions.map(\.wasValid) == [true])
    }

    @Test func `what Authgear calls invalid is not asked about again for five seconds`() {
        var desk = Self.withoutStore(.invalid)
        for _ in 0..<3 { #expect(desk.ask(cookies: Self.cookies) == Desk.invalid) }
        #expect(desk.questions.count == 1)
        #expect(desk.refusals == ["session refused_by_authgear": 3])
        desk.now = desk.now + .seconds(5)
        #expect(desk.ask(cookies: Self.cookies) == Desk.invalid)
        #expect(desk.questions.count == 2)
    }

    @Test func `a session's value without exactly one dot is invalid unasked`() {
        var desk = Self.withoutStore(.valid(Self.identity()))
        #expect(desk.ask(cookies: ["session=ab", "session=a.b.c"]) == Desk.invalid)
        #expect(desk.questions.isEmpty)
    }

    @Test func `a verified token that ends with its session is the question`() {
        var desk = Desk(
            issuers: [TokenMint.trustedIssuer(sessionCheck: .grant)], keys: TokenMint.ring(), sessions: nil,
            asking: AuthgearRules(isStore: true))
        desk.now = TokenMint.now
        desk.authgear = .valid(Self.identity(TokenMint.subject))
        let bearer = ResolverTokenTests.bearer(TokenMint().token)
        for _ in 0..<2 { #expect(desk.ask(authorization: bearer).contains("x-authgear-user-roles: from.authgear")) }
        #expect(desk.questions.count == 1)
        #expect(desk.ask(authorization: ResolverTokenTests.bearer(ResolverTokenTests.forged())) == Desk.invalid)
        #expect(desk.questions.count == 1, "a forged one is never asked about")
        desk.resolver.publish(TokenMint.ring([TestKeys.key(.es256)]))
        #expect(desk.ask(authorization: bearer) == Desk.unknown(.keyNotLookedFor))
        desk.resolver.publish(TokenMint.ring())
        desk.authgear = .valid(Self.identity("another"))
        #expect(desk.ask(authorization: bearer) == Desk.invalid)
        #expect(desk.refusals["token subject_mismatch"] == 1)
    }

    @Test func `the client's own fields go with the question`() {
        var desk = Self.withoutStore(.valid(Self.identity()))
        let head = Array("session=a.bMozilla203.0.113.7".utf8)
        var request = ResolveRequest(.resolve)
        request.fields.append(cookie: FieldValue(start: 0, end: 11))
        request.fields.userAgent = FieldValue(start: 11, end: 18)
        request.fields.forwardedFor = FieldValue(start: 18, end: 29)
        let step = desk.resolver.resolve(request, in: head.span.bytes, now: desk.moment)
        guard case .wait(for: .question(let question), _) = step else {
            Issue.record("nothing is asked")
            return
        }
        #expect(question.userAgent == Array("Mozilla".utf8))
        #expect(question.forwardedFor == Array("203.0.113.7".utf8))
    }
}
