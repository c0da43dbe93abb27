import AllocationCounter
import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// What is remembered dies where its policy changed, and only there.
@Suite struct AdoptionTests {
    /// A desk that has answered a token of the first of two issuers, and a session; with the process's part in it.
    private struct Scene: ~Copyable {
        static let bearer = ResolverTokenTests.bearer(TokenMint().token)
        static let cookie = "session=\(Desk.cookie)"
        static let other = TrustedIssuer(
            identifier: "https://other.example", audiences: [TokenMint.audience], algorithms: .all, leeway: .zero)

        var registry = IssuerRegistry()
        var settings: ResolverSettings
        var desk: Desk

        init(_ issuers: [TrustedIssuer] = [TokenMint.trustedIssuer()]) {
            let session = Desk.session(
                user: "e307", createdAt: TokenMint.now - .seconds(3_600), lastAccess: TokenMint.now)
            desk = Desk(issuers: issuers, store: Desk.store(session: session))
            desk.now = TokenMint.now
            desk.resolver.trustSessions(until: .max)
            settings = desk.settings
            settings.issuerIDs = registry.ids(of: issuers.map { ($0, "") })
            publish()
            ask()
            ask()
            desk.forgetAsked()
        }

        /// Publishes the keys of the first issuer, and none of the others, as the process does.
        mutating func publish() {
            let none = IssuerKeys(set: nil, usableUntil: .min)
            let keys = settings.issuers.map { issuer in
                String(decoding: issuer.identifier, as: UTF8.self) == TokenMint.issuer
                    ? TokenMint.ring().issuers[0] : none
            }
            desk.resolver.publish(KeyRing(issuers: keys, ids: settings.issuerIDs))
        }

        @discardableResult
        mutating func ask() -> (token: [String], session: [String]) {
            (desk.ask(authorization: Self.bearer), desk.ask(cookies: [Self.cookie]))
        }

        /// Takes the settings with a change, and the keys that go with them.
        mutating func adopt(keysFirst: Bool = false, _ change: (inout ResolverSettings) -> Void) {
            change(&settings)
            settings.issuerIDs = registry.ids(of: settings.issuers.map { ($0, "") })
            if keysFirst { publish() }
            desk.resolver.adopt(settings)
            if !keysFirst { publish() }
        }

        var tokenHits: Int { desk.resolver.tokenCacheFigures.hits }
        var sessionHits: Int { desk.resolver.sessionCacheFigures.hits }
    }

    /// A change by which no answer becomes another.
    struct Harmless: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var change: @Sendable (inout ResolverSettings) -> Void
    }

    static let harmless = [
        Harmless(testDescription: "nothing") { _ in },
        Harmless(testDescription: "the log's level") { $0.notesRefusals.toggle() },
        Harmless(testDescription: "an issuer added behind") { $0.issuers.append(Scene.other) },
        Harmless(testDescription: "an issuer added before") { $0.issuers.insert(Scene.other, at: 0) },
        Harmless(testDescription: "the clearing cookie") { $0.clearingCookie = ClearingCookie(domain: "a.example") },
        Harmless(testDescription: "how many entries are kept") { $0.caches.tokens.entries *= 2 },
        Harmless(testDescription: "the same session rules, read again") { $0.sessions = Desk.rules() },
    ]

    @Test(arguments: harmless, [true, false])
    func `what changes no answer leaves hits hits`(change: Harmless, keysFirst: Bool) {
        var scene = Scene()
        let (tokenHits, sessionHits) = (scene.tokenHits, scene.sessionHits)
        scene.adopt(keysFirst: keysFirst, change.change)
        let answers = scene.ask()
        #expect(answers.token == ResolverTokenTests.valid)
        #expect(answers.session == Desk.valid)
        #expect(scene.tokenHits == tokenHits + 1)
        #expect(scene.sessionHits == sessionHits + 1)
        #expect(scene.desk.asked == [])
        #expect(scene.desk.resolver.signatures == 1)
    }

    @Test(arguments: harmless)
    func `a hit allocates nothing after it either`(change: Harmless) {
        var scene = Scene()
        scene.adopt(change.change)
        scene.ask()
        let (request, head) = Desk.request(.resolve, authorization: Scene.bearer, cookies: [Scene.cookie])
        let before = allocation_count()
        for _ in 0..<100 { _ = scene.desk.resolver.resolve(request, in: head.span.bytes, now: scene.desk.moment) }
        #expect(allocation_count() - before == 0)
    }

    /// A change of the terms for the issuer's tokens.
    struct Terms: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Nil: a token is no credential any more.
        var refusal: TokenRefusal?
        var change: @Sendable (inout ResolverSettings) -> Void
    }

    static let terms = [
        Terms(testDescription: "the issuer removed", refusal: .issuerUnknown) { $0.issuers = [Scene.other] },
        Terms(testDescription: "the issuer removed, and none left", refusal: nil) { $0.issuers = [] },
        Terms(testDescription: "the algorithm removed", refusal: .algorithmNotAllowed) {
            $0.issuers[0].algorithms = AlgorithmSet([.es256])
        },
        Terms(testDescription: "the audience removed", refusal: .audienceUnknown) {
            $0.issuers[0].audiences = [Array("https://second.example".utf8)]
        },
    ]

    @Test(arguments: terms, [true, false])
    func `other terms end the answers of an issuer's tokens, and no others`(terms: Terms, keysFirst: Bool) {
        var scene = Scene()
        let sessionHits = scene.sessionHits
        scene.adopt(keysFirst: keysFirst, terms.change)
        let answers = scene.ask()
        #expect(answers.token == (terms.refusal == nil ? Desk.none : Desk.invalid))
        if let refusal = terms.refusal { #expect(scene.desk.resolver.tally.tokens[Int(refusal.rawValue)] == 1) }
        #expect(answers.session == Desk.valid)
        #expect(scene.sessionHits == sessionHits + 1)
        #expect(scene.desk.asked == [])
    }

    @Test func `an answer by other terms does not come back with the terms`() {
        var scene = Scene()
        let issuers = scene.settings.issuers
        scene.adopt { $0.issuers[0].audiences = [Array("https://second.example".utf8)] }
        #expect(scene.ask().token == Desk.invalid)
        scene.adopt { $0.issuers = issuers }
        #expect(scene.ask().token == ResolverTokenTests.valid)
        #expect(scene.desk.resolver.signatures == 2)
    }

    @Test func `a token of an issuer that was added waits for its keys, whichever comes first`() {
        var scene = Scene([Scene.other])
        #expect(scene.ask().token == Desk.invalid)
        scene.settings.issuers.insert(TokenMint.trustedIssuer(), at: 0)
        scene.settings.issuerIDs = scene.registry.ids(of: scene.settings.issuers.map { ($0, "") })
        scene.desk.resolver.adopt(scene.settings)
        #expect(scene.desk.ask(authorization: Scene.bearer) == Desk.unknown(.keysNotLoaded))
        scene.publish()
        #expect(scene.ask().token == ResolverTokenTests.valid)
    }

    @Test func `a token refused for its signature is looked at again on other terms`() {
        var scene = Scene()
        let forged = ResolverTokenTests.bearer(ResolverTokenTests.forged())
        #expect(scene.desk.ask(authorization: forged) == Desk.invalid)
        let signatures = scene.desk.resolver.signatures
        scene.adopt { $0.issuers[0].leeway = .seconds(11) }
        #expect(scene.desk.ask(authorization: forged) == Desk.invalid)
        #expect(scene.desk.resolver.signatures == signatures + 1)
    }

    @Test func `another format ends every answer`() {
        var scene = Scene()
        scene.adopt { $0.format.amrSeparator = UInt8(ascii: " ") }
        let answers = scene.ask()
        #expect(answers.token.contains("x-authgear-session-amr: pwd mfa"))
        #expect(answers.session == Desk.valid)
        #expect(scene.desk.asked == [Desk.sessionKey, Desk.userKey])
        #expect(scene.desk.resolver.signatures == 2)
    }

    @Test func `a value that was too long is one no longer when the limit is higher`() {
        var scene = Scene()
        let bearer = ResolverTokenTests.bearer(ResolverTokenTests.tooLong())
        #expect(scene.desk.ask(authorization: bearer) == Desk.unknown(.answerTooLong))
        scene.adopt { $0.format.maximumValueLength = 16 << 10 }
        #expect(scene.desk.ask(authorization: bearer).first == "HTTP/1.1 200 OK")
    }

    @Test func `other rules for sessions end what rests on records, and no token's answer`() {
        var scene = Scene()
        let tokenHits = scene.tokenHits
        scene.adopt {
            $0.sessions = SessionRules(
                appID: "my-project", limits: SessionLimits(lifetime: .seconds(60), idleTimeout: nil),
                missingUser: .unavailable)
        }
        let answers = scene.ask()
        #expect(answers.token == ResolverTokenTests.valid)
        #expect(scene.tokenHits == tokenHits + 1)
        #expect(answers.session == Desk.invalid)
        #expect(scene.desk.refusals == ["session expired": 1])
    }

    @Test func `a shorter time in memory ends what rests on records`() {
        var scene = Scene()
        scene.adopt { $0.caches.sessionMaximumAge = .seconds(5) }
        #expect(scene.ask().session == Desk.valid)
        #expect(scene.desk.asked == [Desk.sessionKey, Desk.userKey])
    }

    @Test func `a session that waits is judged by the rules that come meanwhile, from its beginning`() {
        var scene = Scene()
        scene.desk.resolver.distrustSessions()
        let (request, head) = Desk.request(.resolve, authorization: nil, cookies: [Scene.cookie])
        let step = scene.desk.resolver.resolve(request, in: head.span.bytes, now: scene.desk.moment)
        guard case .wait(for: .record(let query), let parked) = consume step else {
            Issue.record("it does not wait")
            return
        }
        scene.adopt {
            $0.sessions = SessionRules(
                appID: "another", limits: SessionLimits(lifetime: .seconds(86_400), idleTimeout: nil),
                missingUser: .unavailable)
        }
        let reply = scene.desk.reply(to: query)
        let next = scene.desk.resolver.resume(parked, with: .record(reply), now: scene.desk.moment)
        guard case .wait(for: .record(let query), _) = consume next else {
            Issue.record("it does not wait for the other application's record")
            return
        }
        #expect(String(decoding: query.key, as: UTF8.self) == "app:another:session:a8c1")
    }

    @Test func `a smaller cache forgets what is too much`() {
        var scene = Scene()
        scene.adopt { ($0.caches.tokens.entries, $0.caches.sessions.entries) = (0, 0) }
        #expect(scene.desk.resolver.tokenCacheFigures.entries == 0)
        #expect(scene.desk.resolver.sessionCacheFigures.entries == 0)
        let answers = scene.ask()
        #expect(answers.token == ResolverTokenTests.valid)
        #expect(answers.session == Desk.valid)
    }

    @Test func `another prefix of the cookies holds from the next request on`() {
        var scene = Scene()
        scene.adopt { $0.cookiePrefix = "x_" }
        #expect(scene.ask().session == Desk.none)
        #expect(scene.desk.ask(cookies: ["x_\(Scene.cookie)"]) == Desk.valid)
    }

    @Test(arguments: [KeyReply.arrived, .absent, .unavailable])
    func `a token that waits is looked for at the issuer's new place, whatever came of the former`(reply: KeyReply) {
        var scene = Scene([TokenMint.trustedIssuer(), Scene.other])
        scene.desk.resolver.publish(
            KeyRing(issuers: Array(KeyRing.empty(issuers: 2).issuers), ids: scene.settings.issuerIDs))
        let (request, head) = Desk.request(.resolve, authorization: Scene.bearer, cookies: [])
        let step = scene.desk.resolver.resolve(request, in: head.span.bytes, now: scene.desk.moment)
        guard case .wait(for: .key(let first), let parked) = consume step else {
            Issue.record("it does not wait")
            return
        }
        scene.settings.issuerIDs = scene.registry.ids(of: scene.settings.issuers.map { ($0, "elsewhere") })
        scene.desk.resolver.adopt(scene.settings)
        scene.desk.resolver.publish(
            KeyRing(issuers: Array(KeyRing.empty(issuers: 2).issuers), ids: scene.settings.issuerIDs))
        let next = scene.desk.resolver.resume(parked, with: .key(reply), now: scene.desk.moment)
        guard case .wait(for: .key(let second), let again) = consume next else {
            Issue.record("it does not wait again")
            return
        }
        #expect(first.issuer != second.issuer && second.issuer == scene.settings.issuerIDs[0])
        // Once for each place.
        guard
            case .answer(let answer) = scene.desk.resolver.resume(
                again, with: .key(.arrived), now: scene.desk.moment)
        else {
            Issue.record("it waits for ever")
            return
        }
        #expect(Desk.lines(of: answer) == Desk.unknown(.keysNotLoaded))
    }

    @Test func `policies that a reload brings know what a token says that was verified before`() {
        let user = TokenMint.subject
        let store = [
            "app:my-project:access-grant:\(TokenMint.grantHash)": World.accessGrant(
                expireAt: TokenMint.now + .seconds(60), scopes: #"["admin"]"#),
            World.grantKey: World.grant(user: user, createdAt: TokenMint.now, lastAccess: TokenMint.now),
            "app:my-project:userinfo:\(user):__greatest__": Desk.user(),
        ]
        let bearer = ResolverTokenTests.bearer(TokenMint().token)
        var desk = Desk(
            issuers: [TokenMint.trustedIssuer(sessionCheck: .grant)], keys: TokenMint.ring(), store: store)
        desk.now = TokenMint.now
        desk.resolver.trustSessions(until: .max)
        #expect(desk.ask(authorization: bearer).contains("x-authgear-user-id: \(user)"))
        var settings = desk.settings
        var (mine, admin) = (AccessPolicy(name: "mine"), AccessPolicy(name: "admin"))
        mine.issuers = [Array(TokenMint.issuer.utf8)]
        admin.scopes = [Array("admin".utf8)]
        settings.accessPolicies = [mine, admin]
        desk.resolver.adopt(settings)
        #expect(desk.ask(.require, policy: "mine", authorization: bearer).contains("x-authgear-user-id: \(user)"))
        // The grant's record has the scope, the token does not.
        #expect(desk.ask(.require, policy: "admin", authorization: bearer).last == "x-authgear-refused: scope")
    }
}
