import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

struct ResolverSessionTests {
    @Test func `a request without a credential is none`() {
        var desk = Desk()
        #expect(desk.ask() == Desk.none)
        #expect(desk.ask(cookies: ["theme=dark; sessions=a.b"]) == Desk.none)
        #expect(desk.ask(authorization: "Basic dXNlcjpwYXNz") == Desk.none)
        #expect(desk.ask(.require) == ["HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Bearer"])
        #expect(desk.asked == [])
    }

    @Test(arguments: Endpoint.allCases) func `a session is valid, after its record and its user's`(endpoint: Endpoint) {
        var desk = Desk()
        #expect(desk.ask(endpoint, cookies: ["theme=dark; session=\(Desk.cookie)"]) == Desk.valid)
        #expect(desk.asked == [Desk.sessionKey, Desk.userKey])
    }

    @Test func `of a session that was good both records can be read at once, and both decide`() {
        var desk = Desk(caches: CacheBound(entries: 0, bytes: 0))
        let cookies = ["session=\(Desk.cookie)"]
        #expect(desk.ask(cookies: cookies) == Desk.valid)
        #expect(desk.asksAhead == [Desk.bearerUserKey], "which of the user's records there is is not known yet")
        #expect(desk.ask(cookies: cookies) == Desk.valid)
        #expect(desk.asksAhead == [Desk.bearerUserKey, Desk.userKey])
        desk.store[Desk.userKey] = Desk.user(isDisabled: true)
        #expect(desk.ask(cookies: cookies) == Desk.invalid)
        #expect(
            desk.asked == [Desk.sessionKey, Desk.userKey, Desk.sessionKey, Desk.userKey, Desk.sessionKey, Desk.userKey])
    }

    @Test(arguments: [nil, Desk.session(secret: "a8c1.other"), Desk.session(createdAt: .distantPast)])
    func `whose a session was is forgotten when it is good no more`(_ session: RecordReply?) {
        var desk = Desk(caches: CacheBound(entries: 0, bytes: 0))
        let cookies = ["session=\(Desk.cookie)"]
        #expect(desk.ask(cookies: cookies) == Desk.valid)
        desk.store[Desk.sessionKey] = session
        #expect(desk.ask(cookies: cookies) == Desk.invalid)
        desk.forgetAsked()
        #expect(desk.ask(cookies: cookies) == Desk.invalid)
        #expect(desk.asksAhead == [])
    }

    @Test func `without a store a session cookie is no credential`() {
        var desk = Desk(sessions: nil)
        #expect(desk.ask(cookies: ["session=\(Desk.cookie)"]) == Desk.none)
    }

    @Test func `the configured prefix stands before the cookie's name`() {
        var desk = Desk(prefix: "my_")
        #expect(desk.ask(cookies: ["my_session=\(Desk.cookie)"]) == Desk.valid)
        #expect(desk.ask(cookies: ["session=\(Desk.cookie)"]) == Desk.none)
    }

    @Test func `cookies of one name are tried in order, across fields, until one is valid`() {
        var desk = Desk()
        #expect(desk.ask(cookies: ["session=x.y; session=malformed", "session=\(Desk.cookie)"]) == Desk.valid)
        #expect(desk.asked == ["app:my-project:session:x", Desk.sessionKey, Desk.userKey])
    }

    @Test(arguments: [9, 2_000]) func `a session is found in whichever cookie field it stands`(count: Int) {
        var desk = Desk()
        let others = (1..<count).map { "a=\($0); sessions=x" }
        #expect(desk.ask(cookies: others + ["session=\(Desk.cookie)"]) == Desk.valid)
        #expect(desk.ask(cookies: others) == Desk.none)
    }

    @Test func `a session in double quotes is the same session`() {
        var desk = Desk()
        #expect(desk.ask(cookies: ["a=\"b\"; session=\"\(Desk.cookie)\""]) == Desk.valid)
        #expect(desk.ask(cookies: ["session=\"\(Desk.cookie)"]) == Desk.invalid)
    }

    @Test func `at most four cookies of one name are tried, in however many fields`() {
        var desk = Desk()
        #expect(desk.ask(cookies: (1...9).map { "session=\($0).x" } + ["session=\(Desk.cookie)"]) == Desk.invalid)
        #expect(desk.asked.count == 4)
    }

    @Test func `at most four cookies of one name are tried`() {
        var desk = Desk()
        let strangers = ["session=1.1; session=2.2; session=3.3", "session=4.4; session=\(Desk.cookie)"]
        #expect(desk.ask(cookies: strangers) == Desk.invalid)
        #expect(desk.asked.count == 4)
    }

    static var invalidStores: [(refusal: RecordRefusal, store: [String: RecordReply])] {
        [
            (.notFound, [:]),
            (.wrongSecret, Desk.store(session: Desk.session(secret: "a8c1.other"))),
            (.wrongSecret, Desk.store(session: Desk.session(secret: ""))),
            (.expired, Desk.store(session: Desk.session(createdAt: Desk.now - .seconds(364 * 86_400 + 1)))),
            (.idle, Desk.store(session: Desk.session(lastAccess: Desk.now - .seconds(30 * 86_400 + 1)))),
            (.idle, Desk.store(session: Desk.session(lastAccess: nil))),
            (.userDisabled, Desk.store(user: Desk.user(isDisabled: true))),
        ]
    }

    @Test(arguments: invalidStores)
    func `a session that fails a check is invalid, and the reason counted`(
        refusal: RecordRefusal, store: [String: RecordReply]
    ) {
        var desk = Desk(store: store)
        #expect(desk.ask(cookies: ["session=\(Desk.cookie)"]) == Desk.invalid)
        #expect(
            desk.ask(.require, cookies: ["session=\(Desk.cookie)"]) == [
                "HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Bearer", "x-authgear-session-valid: false",
            ])
        #expect(desk.refusals == ["session \(refusal.reason)": 2])
    }

    @Test func `at the very moment of its expiry a session is valid still`() {
        var desk = Desk(store: Desk.store(session: Desk.session(createdAt: Desk.now - .seconds(364 * 86_400))))
        #expect(desk.ask(cookies: ["session=\(Desk.cookie)"]) == Desk.valid)
    }

    @Test func `with the idle time-out off a session does not idle out`() {
        for lastAccess in [Desk.now - .seconds(300 * 86_400), nil] {
            let old = Desk.session(lastAccess: lastAccess)
            var desk = Desk(sessions: Desk.rules(idleTimeout: nil), store: Desk.store(session: old))
            #expect(desk.ask(cookies: ["session=\(Desk.cookie)"]) == Desk.valid)
        }
    }

    @Test(arguments: StoreFailure.allCases, Endpoint.allCases)
    func `what the store can't tell is unknown, never invalid`(failure: StoreFailure, endpoint: Endpoint) {
        for store in [
            Desk.store(session: .unavailable(failure)), Desk.store(user: .unavailable(failure)),
        ] {
            var desk = Desk(store: store)
            let lines = desk.ask(endpoint, cookies: ["session=bad; session=\(Desk.cookie)"])
            #expect(lines.first == "HTTP/1.1 503 Service Unavailable")
            #expect(desk.resolver.tally.unknowns.reduce(0, +) == 1)
        }
    }

    @Test func `a record that can't be read is unknown`() {
        for error in RecordError.allCases where error != .mismatched {
            var desk = Desk(store: Desk.store(session: .unreadable(error)))
            #expect(desk.ask(cookies: ["session=\(Desk.cookie)"]) == Desk.unknown(.recordUnreadable))
        }
        var desk = Desk(store: Desk.store(session: Desk.user()))
        #expect(desk.ask(cookies: ["session=\(Desk.cookie)"]) == Desk.unknown(.recordUnreadable))
    }

    @Test(arguments: Endpoint.allCases, [Desk.sessionKey, Desk.userKey])
    func `a record that is not the one asked for is unknown, and the reason counted`(endpoint: Endpoint, key: String) {
        var desk = Desk()
        desk.store[key] = .unreadable(.mismatched)
        #expect(desk.ask(endpoint, cookies: ["session=\(Desk.cookie)"]) == Desk.unknown(.recordMismatched))
        #expect(desk.resolver.tally.unknowns[Int(UnknownReason.recordMismatched.rawValue)] == 1)
    }

    @Test func `one valid session outweighs another that could not be checked`() {
        var store = Desk.store()
        store["app:my-project:session:x"] = .unavailable(.timedOut)
        var desk = Desk(store: store)
        #expect(desk.ask(cookies: ["session=x.y; session=\(Desk.cookie)"]) == Desk.valid)
        #expect(desk.ask(cookies: ["session=x.y; session=z.z"]) == Desk.unknown(.storeTimedOut))
        #expect(desk.ask(cookies: ["session=z.z; session=x.y"]) == Desk.unknown(.storeTimedOut))
    }

    @Test(arguments: [RecordReply.missing, Desk.user(staleFrom: Desk.now)])
    func `a missing or stale user is unknown, or partial when so configured`(user: RecordReply) {
        let store = Desk.store(user: user)
        var careful = Desk(store: store)
        #expect(careful.ask(cookies: ["session=\(Desk.cookie)"]) == Desk.unknown(.userMissing))
        var partial = Desk(sessions: Desk.rules(missingUser: .partial), store: store)
        #expect(
            partial.ask(cookies: ["session=\(Desk.cookie)"]) == [
                "HTTP/1.1 200 OK", "x-authgear-session-valid: true", "x-authgear-user-id: e307",
                "x-authgear-session-amr: pwd", "x-authgear-session-authenticated-at: 1795000000",
            ])
    }

    @Test func `a session that states all four claims itself needs no user record`() {
        let claims = IdentityClaims(
            isAnonymous: false, isVerified: true, canReauthenticate: true, roles: [Array("stock.view".utf8)],
            authenticationMethods: [Array("pwd".utf8)])
        var desk = Desk(store: Desk.store(session: Desk.session(claims: claims), user: .missing))
        #expect(desk.ask(cookies: ["session=\(Desk.cookie)"]) == Desk.valid)
    }

    @Test func `a user whose record is fresh still counts`() {
        var desk = Desk(store: Desk.store(user: Desk.user(staleFrom: Desk.now + .microseconds(1))))
        #expect(desk.ask(cookies: ["session=\(Desk.cookie)"]) == Desk.valid)
    }

    @Test func `a user that would break out of the header makes the session invalid, and no key is made of it`() {
        let hash = Array(Desk.cookie.sha256.utf8)
        let session = SessionRecord(
            userID: Array("e307\r\nx: y".utf8), tokenHash: hash, createdAt: Desk.now, authenticatedAt: nil,
            lastAccess: Desk.now, claims: IdentityClaims())
        var desk = Desk(store: Desk.store(session: .found(.session(session))))
        #expect(desk.ask(cookies: ["session=\(Desk.cookie)"]) == Desk.invalid)
        #expect(desk.asked == [Desk.sessionKey])
    }

    @Test func `a role that would break its list makes the session invalid`() {
        var desk = Desk(store: Desk.store(user: Desk.user(roles: ["a,admin"])))
        #expect(desk.ask(cookies: ["session=\(Desk.cookie)"]) == Desk.invalid)
        #expect(desk.resolver.tally.headers[Int(HeaderRefusal.holdsSeparator.rawValue)] == 1)
    }

    /// 140 roles of 30 bytes, and as many as 8 KiB hold but for one byte.
    private static let manyRoles = (0..<140).map { String(repeating: "r", count: 27) + String(100 + $0) }
    private static let tooManyRoles = [String](repeating: String(repeating: "r", count: 31), count: 256) + ["r"]

    @Test func `many roles are stated, and too many are unknown, not invalid`() {
        var desk = Desk(store: Desk.store(user: Desk.user(roles: Self.manyRoles)))
        let roles = "x-authgear-user-roles: " + Self.manyRoles.joined(separator: ",")
        #expect(desk.ask(cookies: ["session=\(Desk.cookie)"]).contains(roles))
        desk = Desk(store: Desk.store(user: Desk.user(roles: Self.tooManyRoles)))
        for endpoint in Endpoint.allCases {
            #expect(desk.ask(endpoint, cookies: ["session=\(Desk.cookie)"]) == Desk.unknown(.answerTooLong))
        }
        #expect(desk.resolver.tally.unknowns[Int(UnknownReason.answerTooLong.rawValue)] == 2)
        #expect(desk.resolver.tally.headers.reduce(0, +) == 0)
    }

    @Test func `how long an answer would be is told once to who asks`() throws {
        var desk = Desk(store: Desk.store(user: Desk.user(roles: Self.tooManyRoles)))
        for _ in 0..<3 { _ = desk.ask(cookies: ["session=\(Desk.cookie)"]) }
        let taken = desk.resolver.takeLongAnswers()
        let answers = try #require(taken)
        #expect(answers.count == 3)
        #expect(answers.last.header.map { "\($0)" } == "x-authgear-user-roles")
        #expect(answers.last.bytes == 8193)
        #expect(answers.last.limit == 8192)
        let again = desk.resolver.takeLongAnswers()
        #expect(again == nil)
    }

    @Test func `a user whose id is too long is unknown, and no key is made of it`() {
        let hash = Array(Desk.cookie.sha256.utf8)
        let session = SessionRecord(
            userID: [UInt8](repeating: UInt8(ascii: "u"), count: 8193), tokenHash: hash, createdAt: Desk.now,
            authenticatedAt: nil, lastAccess: Desk.now, claims: IdentityClaims())
        var desk = Desk(store: Desk.store(session: .found(.session(session))))
        #expect(desk.ask(cookies: ["session=\(Desk.cookie)"]) == Desk.unknown(.answerTooLong))
        #expect(desk.asked == [Desk.sessionKey])
    }

    @Test func `another session that is valid outweighs one whose answer is too long`() {
        var store = Desk.store()
        let claims = IdentityClaims(
            isAnonymous: false, isVerified: true, canReauthenticate: true,
            roles: Self.tooManyRoles.map { Array($0.utf8) })
        store["app:my-project:session:x"] = Desk.session(secret: "x.y", claims: claims)
        var desk = Desk(sessions: Desk.rules(), store: store)
        desk.store[Desk.userKey] = .missing
        #expect(desk.ask(cookies: ["session=x.y"]) == Desk.unknown(.answerTooLong))
        desk.store["app:my-project:session:a8c1"] = Desk.session(
            claims: IdentityClaims(
                isAnonymous: false, isVerified: true, canReauthenticate: true, roles: [Array("stock.view".utf8)],
                authenticationMethods: [Array("pwd".utf8)]))
        #expect(desk.ask(cookies: ["session=x.y; session=\(Desk.cookie)"]) == Desk.valid)
    }
}
