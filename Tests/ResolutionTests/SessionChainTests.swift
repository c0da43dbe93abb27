import Bytes
import Resolution
import Testing
import Tokens

/// Opaque tokens and app sessions, by what the store has of them.
struct SessionChainTests {
    private static let bearer = "Bearer \(World.token)"
    private static let appSession = ["app_session=\(World.appSession)"]
    private static let twoYears = Duration.seconds(2 * 365 * 86_400)

    /// What a world comes to for the opaque token and for the app session: valid, the reason why not, or why nobody can say.
    struct Expectation: Sendable {
        var name: String
        var changes: [String: RecordReply]
        var token: String
        var appSession: String

        init(_ name: String, _ changes: [String: RecordReply], token: String, appSession: String) {
            self.name = name
            self.changes = changes
            self.token = token
            self.appSession = appSession
        }

        /// The same for both.
        init(_ name: String, _ changes: [String: RecordReply], _ both: String) {
            self.init(name, changes, token: both, appSession: both)
        }
    }

    private static let sso = World.grant(singleSignOn: true, idpSession: World.idpSessionID)

    static let worlds: [Expectation] = [
        Expectation("all is there", [:], "valid"),
        // The credential's own record.
        Expectation(
            "no record", [World.accessGrantKey: .missing, World.appSessionKey: .missing], "not_found"),
        Expectation(
            "at its very end",
            [
                World.accessGrantKey: World.accessGrant(expireAt: Desk.now),
                World.appSessionKey: World.appSession(expireAt: Desk.now),
            ],
            "valid"),
        Expectation(
            "past its end",
            [
                World.accessGrantKey: World.accessGrant(expireAt: Desk.now - .microseconds(1)),
                World.appSessionKey: World.appSession(expireAt: Desk.now - .microseconds(1)),
            ], "expired"),
        Expectation(
            "torn",
            [World.accessGrantKey: .unreadable(.notJSON), World.appSessionKey: .unreadable(.notJSON)],
            "record_unreadable"),
        Expectation(
            "another's",
            [World.accessGrantKey: .unreadable(.mismatched), World.appSessionKey: .unreadable(.mismatched)],
            "record_mismatched"),
        Expectation(
            "of another kind", [World.accessGrantKey: Desk.session(), World.appSessionKey: Desk.user()],
            "record_unreadable"),
        // The offline grant.
        Expectation("no grant", [World.grantKey: .missing], "session_not_found"),
        Expectation("the store is away", [World.grantKey: .unavailable(.timedOut)], "store_timed_out"),
        Expectation(
            "the grant's lifetime is just over",
            [World.grantKey: World.grant(createdAt: Desk.now - .seconds(364 * 86_400) - .microseconds(1))],
            "session_expired"),
        Expectation(
            "the grant's lifetime ends now",
            [World.grantKey: World.grant(createdAt: Desk.now - .seconds(364 * 86_400))], "valid"),
        Expectation(
            "the grant has just idled out",
            [World.grantKey: World.grant(lastAccess: Desk.now - .seconds(30 * 86_400) - .microseconds(1))],
            "session_idle"),
        Expectation(
            "the grant idles out now", [World.grantKey: World.grant(lastAccess: Desk.now - .seconds(30 * 86_400))],
            "valid"),
        Expectation("the grant was never used", [World.grantKey: World.grant(lastAccess: nil)], "session_idle"),
        // Its refresh tokens.
        Expectation("the refresh token is gone", [World.grantKey: World.grant(tokens: [])], "refresh_token_revoked"),
        Expectation(
            "there are others only",
            [World.grantKey: World.grant(tokens: [World.refreshToken("a"), World.refreshToken("b", rotated: "c")])],
            "refresh_token_revoked"),
        Expectation(
            "the refresh token is the second",
            [World.grantKey: World.grant(tokens: [World.refreshToken("a"), World.refreshToken()])], "valid"),
        Expectation(
            "the refresh token was rotated",
            [World.grantKey: World.grant(tokens: [World.refreshToken(rotated: "a")])], "valid"),
        Expectation(
            "the credential names the rotated hash",
            [World.grantKey: World.grant(tokens: [World.refreshToken("a", rotated: World.refreshToken)])], "valid"),
        Expectation(
            "the deprecated top level has the token",
            [
                World.grantKey: World.grant(
                    tokenHash: World.refreshToken, authorization: World.fullAccess, tokens: [])
            ], "valid"),
        Expectation(
            "the grant itself, without authorization",
            [
                World.accessGrantKey: World.accessGrant(refreshToken: ""),
                World.appSessionKey: World.appSession(refreshToken: ""),
            ], token: "valid", appSession: "unauthorized"),
        Expectation(
            "the grant itself, with authorization",
            [
                World.accessGrantKey: World.accessGrant(refreshToken: ""),
                World.appSessionKey: World.appSession(refreshToken: ""),
                World.grantKey: World.grant(authorization: World.fullAccess),
            ], "valid"),
        Expectation(
            "scopes without full access",
            [World.grantKey: World.grant(tokens: [World.refreshToken(World.refreshToken, World.littleAccess)])],
            token: "valid", appSession: "scope_undecided"),
        // Single sign-on.
        Expectation("SSO, and the session is there", [World.grantKey: sso], "valid"),
        Expectation(
            "SSO, and the session is gone", [World.grantKey: sso, Desk.sessionKey: .missing], "sso_ended"),
        Expectation(
            "SSO without a session", [World.grantKey: World.grant(singleSignOn: true)], "sso_ended"),
        Expectation(
            "SSO, and the session has expired",
            [World.grantKey: sso, Desk.sessionKey: Desk.session(createdAt: Desk.now - twoYears)], "sso_ended"),
        Expectation(
            "SSO, and the session was never used",
            [World.grantKey: sso, Desk.sessionKey: Desk.session(lastAccess: nil)], "sso_ended"),
        Expectation(
            "SSO, and the session is unreadable",
            [World.grantKey: sso, Desk.sessionKey: .unreadable(.wrongType)], "record_unreadable"),
        Expectation(
            "no SSO, and the named session is gone",
            [World.grantKey: World.grant(idpSession: World.idpSessionID), Desk.sessionKey: .missing], "valid"),
        Expectation(
            "SSO without full access, and the session is gone",
            [
                World.grantKey: World.grant(
                    singleSignOn: true, idpSession: World.idpSessionID,
                    tokens: [World.refreshToken(World.refreshToken, World.littleAccess)]),
                Desk.sessionKey: .missing,
            ], "sso_ended"),
        // The user.
        Expectation("the user is disabled", [Desk.userKey: Desk.user(isDisabled: true)], "user_disabled"),
        Expectation("no user", [Desk.userKey: .missing], "user_missing"),
        Expectation("a stale user", [Desk.userKey: Desk.user(staleFrom: Desk.now)], "user_missing"),
        Expectation(
            "the other record of the user", [Desk.userKey: .missing, Desk.bearerUserKey: Desk.user()], "valid"),
        Expectation(
            "a stale one, and the other",
            [Desk.userKey: Desk.user(staleFrom: Desk.now), Desk.bearerUserKey: Desk.user()], "valid"),
        Expectation(
            "both are stale",
            [Desk.userKey: Desk.user(staleFrom: Desk.now), Desk.bearerUserKey: Desk.user(staleFrom: Desk.now)],
            "user_missing"),
        Expectation(
            "the other says disabled", [Desk.userKey: .missing, Desk.bearerUserKey: Desk.user(isDisabled: true)],
            "user_disabled"),
    ]

    /// The outcome in one word, as `Expectation` has it.
    private static func outcome(_ desk: inout Desk, authorization: String? = nil, cookies: [String] = []) -> String {
        let lines = desk.ask(authorization: authorization, cookies: cookies)
        if lines == Desk.valid { return "valid" }
        if lines == Desk.invalid {
            return desk.refusals.keys.first.map { String($0.split(separator: " ")[1]) } ?? "invalid"
        }
        return lines.first { $0.hasPrefix("x-authgear-resolver-error: ") }.map { String($0.dropFirst(27)) } ?? "none"
    }

    @Test(arguments: worlds)
    func `each world has its outcome, for a token and for an app session`(_ world: Expectation) {
        var desk = World.with(world.changes).desk()
        #expect(Self.outcome(&desk, authorization: Self.bearer) == world.token, "\(world.name)")
        desk = World.with(world.changes).desk()
        #expect(Self.outcome(&desk, cookies: ["app_access_token=\(World.token)"]) == world.token, "\(world.name)")
        desk = World.with(world.changes).desk()
        #expect(Self.outcome(&desk, cookies: Self.appSession) == world.appSession, "\(world.name)")
    }

    /// An access token of an IdP session, whose secret and refresh tokens play no part.
    static let sessionWorlds: [(session: RecordReply, outcome: String)] = [
        (Desk.session(), "valid"),
        (Desk.session(secret: "a8c1.another"), "valid"),
        (.missing, "session_not_found"),
        (Desk.session(createdAt: Desk.now - twoYears), "session_expired"),
        (Desk.session(lastAccess: nil), "session_idle"),
        (.unreadable(.badTime), "record_unreadable"),
    ]

    @Test(arguments: sessionWorlds)
    func `an access token of an IdP session is as good as that is`(session: RecordReply, outcome: String) {
        let grant = World.accessGrant(of: .idpSession, id: World.idpSessionID)
        var desk = World.with([World.accessGrantKey: grant, Desk.sessionKey: session]).desk()
        #expect(Self.outcome(&desk, authorization: Self.bearer) == outcome)
    }

    @Test func `clients have lifetimes of their own, and the others' may be refused`() {
        let short = SessionLimits(lifetime: .seconds(60), idleTimeout: nil)
        let old = World.with([World.grantKey: World.grant(createdAt: Desk.now - .seconds(61), lastAccess: nil)])
        let rules = { (client: String, unlisted: OfflineGrantRules.Unlisted) in
            Desk.rules(offlineGrants: OfflineGrantRules(clients: [Array(client.utf8): short], unlisted: unlisted))
        }
        var desk = old.desk(rules("c1", .refuse))
        #expect(Self.outcome(&desk, authorization: Self.bearer) == "session_expired")
        desk = old.desk(rules("c2", .refuse))
        #expect(Self.outcome(&desk, authorization: Self.bearer) == "client_unlisted")
        desk = World().desk(rules("c2", .allow))
        #expect(Self.outcome(&desk, authorization: Self.bearer) == "valid")
    }

    @Test func `the records are read in their order, and next time in one trip`() {
        var desk = Desk(store: World.with([World.grantKey: Self.sso]).store, caches: CacheBound(entries: 0, bytes: 0))
        let chain = [World.accessGrantKey, World.grantKey, Desk.sessionKey, Desk.userKey]
        #expect(desk.ask(authorization: Self.bearer) == Desk.valid)
        #expect(desk.asked == chain)
        desk.forgetAsked()
        #expect(desk.ask(authorization: Self.bearer) == Desk.valid)
        #expect(desk.asked == chain)
        #expect(desk.asksAhead == Array(chain.dropFirst()))
        desk.store[World.grantKey] = nil
        #expect(desk.ask(authorization: Self.bearer) == Desk.invalid)
    }

    @Test func `the user's other record is asked for ahead where it was the one`() {
        let world = World.with([Desk.userKey: .missing, Desk.bearerUserKey: Desk.user()])
        var desk = Desk(store: world.store, caches: CacheBound(entries: 0, bytes: 0))
        #expect(desk.ask(cookies: ["session=\(Desk.cookie)"]) == Desk.valid)
        desk.forgetAsked()
        #expect(desk.ask(cookies: ["session=\(Desk.cookie)"]) == Desk.valid)
        #expect(desk.asksAhead == [Desk.userKey, Desk.bearerUserKey])
    }

    @Test(arguments: [World.accessGrantKey, World.grantKey, Desk.sessionKey, Desk.userKey])
    func `a change of any of its records ends the answer in memory`(key: String) {
        var desk = World.with([World.grantKey: Self.sso]).desk()
        desk.resolver.trustSessions(until: .max)
        for _ in 0..<2 { #expect(desk.ask(authorization: Self.bearer) == Desk.valid) }
        #expect(desk.resolver.sessionCacheFigures.hits == 1)
        desk.store[key] = nil
        desk.resolver.recordChanged(Array(key.utf8), now: desk.moment)
        #expect(desk.ask(authorization: Self.bearer) != Desk.valid)
    }

    @Test(arguments: [1_800, 364 * 86_400 - 3_600, 30 * 86_400])
    func `an answer in memory ends with the first of its records, to the microsecond`(seconds: Int) {
        let far = Desk.now + .seconds(10 * 365 * 86_400)
        var world = World.with([
            World.accessGrantKey: World.accessGrant(expireAt: seconds == 1_800 ? Desk.now + .seconds(1_800) : far)
        ])
        if seconds > 30 * 86_400 { world.store[World.grantKey] = World.grant(lastAccess: far) }
        var desk = Desk(
            store: world.store, caches: CacheBound(entries: 100, bytes: 1 << 20))
        desk.resolver.trustSessions(until: .max)
        desk.now = Desk.now + .seconds(seconds)
        #expect(desk.ask(authorization: Self.bearer) == Desk.valid)
        desk.now = desk.now + .microseconds(1)
        #expect(desk.ask(authorization: Self.bearer) == Desk.invalid)
    }

    @Test func `the same bytes are another credential elsewhere`() {
        // A store in which the session cookie's value is no access token, and no app session.
        var desk = Desk()
        desk.resolver.trustSessions(until: .max)
        for _ in 0..<2 { #expect(desk.ask(cookies: ["session=\(Desk.cookie)"]) == Desk.valid) }
        #expect(desk.ask(authorization: "Bearer \(Desk.cookie)") == Desk.invalid)
        #expect(desk.ask(cookies: ["app_session=\(Desk.cookie)"]) == Desk.invalid)
        #expect(desk.ask(cookies: ["app_access_token=\(Desk.cookie)"]) == Desk.invalid)
    }

    @Test func `a bearer token comes before an app session, that before its token, and that before a session`() {
        var world = World()
        let users = ["one", "two", "three", "four"]
        let tokens = ["t1", "t2"]
        for (token, user) in zip(tokens, [users[0], users[2]]) {
            world.store["app:my-project:access-grant:\(World.hash(token))"] = World.accessGrant(id: "grant-\(user)")
            world.store["app:my-project:offline-grant:grant-\(user)"] = World.grant(user: user)
        }
        world.store[World.grantKey] = World.grant(user: users[1])
        world.store[Desk.sessionKey] = Desk.session(user: users[3])
        for user in users { world.store["app:my-project:userinfo:\(user):__greatest__"] = Desk.user() }
        let cookies = ["session=\(Desk.cookie); app_access_token=t2; app_session=\(World.appSession)"]
        func user(_ desk: inout Desk, _ authorization: String?) -> String {
            desk.ask(authorization: authorization, cookies: cookies).first { $0.hasPrefix("x-authgear-user-id: ") }
                ?? ""
        }
        for (index, key) in [
            "app:my-project:access-grant:\(World.hash("t1"))", World.appSessionKey,
            "app:my-project:access-grant:\(World.hash("t2"))", Desk.sessionKey,
        ].enumerated() {
            var desk = world.desk()
            #expect(user(&desk, "Bearer t1") == "x-authgear-user-id: \(users[index])")
            world.store[key] = nil
        }
        var desk = world.desk()
        #expect(
            desk.ask(.require, authorization: "Bearer t1", cookies: cookies).contains(
                "WWW-Authenticate: Bearer error=\"invalid_token\""))
    }

    @Test func `without a store an opaque token is no credential, and a cookie's JWT is one`() {
        var desk = Desk(sessions: nil)
        #expect(desk.ask(authorization: Self.bearer) == Desk.none)
        #expect(desk.ask(cookies: ["app_access_token=\(World.token)", "app_session=x"]) == Desk.none)
    }
}
