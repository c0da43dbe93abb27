import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// The records that opaque tokens and app sessions lead to: in which order, and for how long an answer rests on them. What each
/// world comes to is in `WorldTable`.
struct SessionChainTests {
    private static let bearer = "Bearer \(World.token)"
    private static let sso = World.grant(singleSignOn: true, idpSession: World.idpSessionID)

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

    /// The user's first record was missing, or stale, so that the other one answered. When the first comes, it counts.
    @Test(
        arguments: [
            ("Bearer \(World.token)", nil), (nil, "app_session=\(World.appSession)"), (nil, "session=\(Desk.cookie)"),
        ] as [(authorization: String?, cookie: String?)], [nil, Desk.user(staleFrom: Desk.now)] as [RecordReply?])
    func `the user's first record ends what was answered by the other`(
        credential: (authorization: String?, cookie: String?), first: RecordReply?
    ) {
        let (authorization, cookies) = (credential.authorization, credential.cookie.map { [$0] } ?? [])
        let world = World.with([
            World.grantKey: Self.sso, Desk.userKey: first ?? .missing, Desk.bearerUserKey: Desk.user(),
        ])
        for comes in [Desk.user(isDisabled: true), Desk.user(roles: ["new"])] {
            var desk = world.desk()
            desk.resolver.trustSessions(until: .max)
            for _ in 0..<2 { #expect(desk.ask(authorization: authorization, cookies: cookies) == Desk.valid) }
            #expect(desk.resolver.sessionCacheFigures.hits == 1)
            desk.store[Desk.userKey] = comes
            desk.resolver.recordChanged(Array(Desk.userKey.utf8), now: desk.moment)
            let lines = desk.ask(authorization: authorization, cookies: cookies)
            #expect(lines == Desk.invalid || lines.contains("x-authgear-user-roles: new"))
        }
    }

    /// It comes when it was found missing, and the other one is on its way.
    @Test func `the user's first record counts also when it comes while the other is read`() throws {
        var desk = Desk(store: World.with([:]).store)
        desk.resolver.trustSessions(until: .max)
        let (request, head) = Desk.request(.resolve, authorization: nil, cookies: ["session=\(Desk.cookie)"])
        var replies = [Desk.session(), .missing, Desk.user(), Desk.user(isDisabled: true)]
        var asked: [String] = []
        var step = desk.resolver.resolve(request, in: head.span.bytes, now: desk.moment)
        while true {
            switch consume step {
            case .answer(let answer):
                #expect(Desk.lines(of: answer) == Desk.invalid)
                #expect(asked == [Desk.sessionKey, Desk.userKey, Desk.bearerUserKey, Desk.userKey])
                return
            case .wait(for: let effect, let parked):
                guard case .record(let query) = effect else {
                    Issue.record("it waits for no record")
                    return
                }
                asked.append(String(decoding: query.key, as: UTF8.self))
                if asked.count == 3 { desk.resolver.recordChanged(Array(Desk.userKey.utf8), now: desk.moment) }
                step = desk.resolver.resume(parked, with: .record(replies.removeFirst()), now: desk.moment)
            }
        }
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
