import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// What another server says of a cookie's session, and what becomes of it (contract section 21).
struct CookieServerTests {
    static let name = "authentik_session"
    static let cookie = "authentik_session=s1"
    /// As authentik documents `core/users/me`, shortened.
    static let me = #"""
        {"user":{"pk":4,"username":"ada","name":"Ada","is_active":true,"email":"ada@example.com","uid":"u1",
        "groups":[{"name":"stock","pk":"1"},{"name":"staff","pk":"2"}],"type":"internal","system_permissions":[]}}
        """#
    static let valid = [
        "HTTP/1.1 200 OK", "x-authgear-session-valid: true", "x-authgear-user-id: u1",
        "x-authgear-user-roles: stock,staff",
    ]

    static func server(
        _ cookie: String = name, id: IssuerID = 5, _ change: (inout ClaimPlaces) -> Void = { _ in }
    ) -> CookieServer {
        var places = ClaimPlaces.none
        places.userID = ClaimPlace("user", "uid")
        places.roles = ClaimPlace("user", "groups", reading: .each(Array("name".utf8)))
        change(&places)
        return CookieServer(
            cookie, id: id, name: "https://auth.example.com/me", claims: ClaimMapping(places),
            refused: [ClaimPlace("original")])
    }

    static func desk(
        _ servers: [CookieServer] = [server()], sessions: SessionRules? = nil, saying text: String = me,
        policies: [AccessPolicy] = [], sessionScopes: [String] = [], csrf: CSRFRules? = nil,
        caches: CacheBound = CacheBound(entries: 100_000, bytes: 1 << 20)
    ) -> Desk {
        var desk = Desk(
            sessions: sessions, caches: caches, policies: policies, sessionScopes: sessionScopes, csrf: csrf,
            cookieServers: servers)
        desk.endpoint["s1"] = .success(text)
        return desk
    }

    @Test func `a session is its user's, and is asked about once`() {
        var desk = Self.desk()
        for _ in 0..<3 { #expect(desk.ask(cookies: ["a=b; \(Self.cookie); c=d"]) == Self.valid) }
        #expect(desk.introspections.map { String(decoding: $0.value, as: UTF8.self) } == ["s1"])
        #expect(desk.introspections.map(\.server) == [AskedServer(.cookie, of: 5)])
        #expect(desk.introspections.map(\.wasValid) == [false])
        #expect(desk.resolver.tokenCacheFigures.hits == 2)
        #expect(desk.ask(cookies: ["authentik_sessions=s1", "xauthentik_session=s1"]) == Desk.none)
    }

    /// An answer, and what the cookie is refused for; nil when it is not.
    static let answers: [(text: String, reason: String?)] = [
        (#"{"user":{"uid":"u1"}}"#, nil),
        (#"{"user":{"uid":"u1"},"original":null}"#, nil),
        (#"{"user":{"uid":"u1","groups":null}}"#, nil),
        (#"{"user":{"uid":"u1"},"original":{"uid":"admin"}}"#, "refused_member"),
        (#"{"user":{"uid":"u1"},"original":false}"#, "refused_member"),
        (#"{"original":{}}"#, "refused_member"),
        (#"{"user":{"uid":""}}"#, "user_id_missing"), (#"{"user":{"uid":7}}"#, "user_id_missing"),
        (#"{"user":{"uid":null}}"#, "user_id_missing"), (#"{"user":"u1"}"#, "user_id_missing"),
        ("{}", "user_id_missing"),
    ]

    @Test(arguments: answers) func `an answer is judged`(text: String, reason: String?) {
        var desk = Self.desk(saying: text)
        #expect(desk.ask(cookies: [Self.cookie]) == (reason == nil ? Array(Self.valid.prefix(3)) : Desk.invalid))
        #expect(desk.refusals == (reason.map { ["cookie \($0)": 1] } ?? [:]))
        // The server is not asked again about what it called invalid.
        _ = desk.ask(cookies: [Self.cookie])
        #expect(desk.introspections.count == 1)
    }

    @Test func `whom no header can state is not asked about anew at each request`() {
        let text = #"{"user":{"uid":"u1","groups":[{"name":"Sales, EU"}]}}"#
        let long = #"{"user":{"uid":"u1","groups":[{"name":"\#(String(repeating: "a", count: 9_000))"}]}}"#
        for (text, lines) in [(text, Desk.invalid), (long, Desk.unknown(.answerTooLong))] {
            var desk = Self.desk([Self.server(), Self.server("later", id: 6)], saying: text)
            // At once, and when it comes after one that waits.
            for _ in 0..<2 { #expect(desk.ask(cookies: [Self.cookie]) == lines) }
            #expect(desk.introspections.count == 1)
            #expect(desk.ask(cookies: [Self.name + "=s2; " + Self.cookie]) == lines)
            #expect(desk.introspections.count == 2)
            desk.now = desk.now + .seconds(5) + .microseconds(1)
            #expect(desk.ask(cookies: [Self.cookie]) == lines)
            #expect(desk.introspections.map(\.wasValid) == [false, false, true])
        }
    }

    @Test(arguments: ["", "null", "[]", "<html>", #"{"user":{"uid":"u1"}"#, #"{"user":{},"user":{"uid":"u1"}}"#])
    func `what is not one object is unknown`(text: String) {
        var desk = Self.desk(saying: text)
        for _ in 0..<2 { #expect(desk.ask(cookies: [Self.cookie]) == Desk.unknown(.askUnreadable)) }
        #expect(desk.introspections.count == 2)
        #expect(desk.refusals.isEmpty)
    }

    @Test(arguments: Desk.askFailures)
    func `a failure is unknown, for its reason, and is not remembered`(failure: AskFailure, reason: UnknownReason) {
        var desk = Self.desk()
        desk.endpoint["s1"] = .failure(failure)
        #expect(desk.ask(cookies: [Self.cookie]) == Desk.unknown(reason))
        #expect(desk.ask(.require, cookies: [Self.cookie]) == Desk.unknown(reason))
        desk.endpoint["s1"] = .success(Self.me)
        #expect(desk.ask(cookies: [Self.cookie]) == Self.valid)
    }

    @Test func `a session that the server refuses is invalid, and is not asked about again for 5 seconds`() {
        var desk = Self.desk()
        desk.endpoint["s1"] = nil
        for _ in 0..<2 { #expect(desk.ask(cookies: [Self.cookie]) == Desk.invalid) }
        desk.now = desk.now + .seconds(5)
        #expect(
            desk.ask(.require, cookies: [Self.cookie])
                == ["HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Bearer", "x-authgear-session-valid: false"])
        #expect(desk.introspections.count == 1)
        #expect(desk.refusals == ["cookie inactive": 3])
        desk.endpoint["s1"] = .success(Self.me)
        desk.now = desk.now + .microseconds(1)
        #expect(desk.ask(cookies: [Self.cookie]) == Self.valid)
    }

    /// What no cookie holds is no reason for a question.
    static let values: [(value: String, isAsked: Bool)] = [
        (String(repeating: "a", count: 4_096), true), (String(repeating: "a", count: 4_097), false),
        ("a b", false), ("a\"b", false), ("a,b", false), ("a\\b", false), ("a\u{7F}", false), ("a\u{E9}", false),
        ("a\tb", false), ("\"ab\"", true), ("!#$%&'()*+-./:<=>?@[]^_`{|}~", true), ("", true),
    ]

    @Test(arguments: values) func `a value that no cookie can have is invalid without a question`(
        value: String, isAsked: Bool
    ) {
        var desk = Self.desk()
        #expect(desk.ask(cookies: ["\(Self.name)=\(value)"]) == Desk.invalid)
        #expect(desk.introspections.count == (isAsked ? 1 : 0))
        #expect(desk.refusals == ["cookie \(isAsked ? "inactive" : "malformed_cookie")": 1])
    }

    @Test func `of one name up to four are tried, in the order in which they come`() {
        var desk = Self.desk()
        let cookies = (1...6).map { "\(Self.name)=\($0)" }
        for (good, isFound) in [(4, true), (5, false)] {
            desk.endpoint = ["\(good)": .success(Self.me)]
            #expect(
                desk.ask(cookies: [cookies[0] + "; " + cookies[1], cookies[2...].joined(separator: ";")])
                    == (isFound ? Self.valid : Desk.invalid))
            desk.now = desk.now + .seconds(60)
        }
        #expect(desk.introspections.map { String(decoding: $0.value, as: UTF8.self) } == "12341234".map { "\($0)" })
    }

    @Test func `they come after Authgear's, in their order, and one that can't be checked hides none that is valid`() {
        let servers = [Self.server("b", id: 8), Self.server("a", id: 9)]
        var desk = Self.desk(servers, sessions: Desk.rules())
        desk.endpoint = ["x": .failure(.timedOut), "y": .success(Self.me)]
        #expect(desk.ask(cookies: ["a=y; b=x; session=\(Desk.cookie)"]) == Desk.valid)
        #expect(desk.introspections.isEmpty)
        #expect(desk.ask(cookies: ["a=y; b=x; session=no.body"]) == Self.valid)
        #expect(desk.introspections.map(\.server.id) == [8, 9])
        #expect(desk.ask(cookies: ["a=z; b=x"]) == Desk.unknown(.askTimedOut))
    }

    @Test func `one value under two names is two credentials, and none is Authgear's`() {
        let servers = [Self.server("a", id: 8), Self.server("b", id: 9)]
        var desk = Self.desk(servers, sessions: Desk.rules())
        desk.endpoint[Desk.cookie] = .success(Self.me)
        #expect(desk.ask(cookies: ["a=\(Desk.cookie)"]) == Self.valid)
        desk.endpoint[Desk.cookie] = nil
        #expect(desk.ask(cookies: ["b=\(Desk.cookie)"]) == Desk.invalid)
        #expect(desk.ask(cookies: ["a=\(Desk.cookie)"]) == Self.valid)
        #expect(desk.ask(cookies: ["session=\(Desk.cookie)"]) == Desk.valid)
        #expect(desk.ask(cookies: ["app_session=\(Desk.cookie)"]) == Desk.invalid)
        #expect(desk.ask(authorization: "Bearer \(Desk.cookie)") == Desk.invalid)
        #expect(desk.introspections.count == 2)
    }

    @Test func `policies call it a session, with the scopes of sessions unless its claims have their own`() {
        var session = AccessPolicy(name: "session")
        (session.credentials, session.scopes) = ([.session], [Array("read".utf8)])
        var token = AccessPolicy(name: "token")
        token.credentials = [.token]
        var issuer = AccessPolicy(name: "issuer")
        issuer.issuers = [Array("https://auth.example.com/me".utf8), Array(Self.name.utf8)]
        var roles = AccessPolicy(name: "roles")
        roles.roles = [Array("staff".utf8)]
        let policies = [session, token, issuer, roles]
        func refusals(_ server: CookieServer, saying text: String = Self.me) -> [String?] {
            var desk = Self.desk([server], saying: text, policies: policies, sessionScopes: ["read"])
            // Twice: what one policy says serves no other, also from memory.
            return (policies + policies).map { policy in
                desk.ask(.require, policy: policy.name, cookies: [Self.cookie])
                    .first { $0.hasPrefix("x-authgear-refused: ") }.map { String($0.dropFirst(20)) }
            }
        }
        let plain = [nil, "credential", "issuer", nil]
        #expect(refusals(Self.server()) == plain + plain)
        let scoped = Self.server { $0.scopes = ClaimPlace("scopes") }
        #expect(refusals(scoped)[0] == "scope")
        #expect(refusals(scoped, saying: #"{"user":{"uid":"u1"},"scopes":["read"]}"#)[0] == nil)
    }

    @Test func `a request that may be forged does not use it`() {
        var desk = Self.desk(csrf: CSRFRules(origins: ["https://app.example.com"]))
        let forged: [(RequestFields.Further, String)] = [(.originalMethod, "POST"), (.fetchSite, "cross-site")]
        #expect(
            desk.ask(.require, cookies: [Self.cookie], further: forged)
                == ["HTTP/1.1 403 Forbidden", "x-authgear-refused: csrf"])
        #expect(desk.ask(cookies: ["other=1"], further: forged) == Desk.none)
        #expect(desk.introspections.isEmpty)
        #expect(desk.ask(cookies: [Self.cookie], further: [(.originalMethod, "GET")]) == Self.valid)
        #expect(
            desk.ask(cookies: [Self.cookie], further: [(.originalMethod, "POST"), (.fetchSite, "same-origin")])
                == Self.valid)
        // From memory as little.
        #expect(
            desk.ask(cookies: [Self.cookie], further: forged) == ["HTTP/1.1 200 OK", "x-authgear-refused: csrf"])
    }

    @Test func `it clears no cookie of Authgear's, and is none to its own resolver`() {
        var desk = Desk(compatibility: .authgear, clearingCookie: ClearingCookie(), cookieServers: [Self.server()])
        #expect(desk.ask(cookies: [Self.cookie]) == Desk.none)
        var plain = Desk(clearingCookie: ClearingCookie(), cookieServers: [Self.server()])
        #expect(plain.ask(cookies: [Self.cookie]) == Desk.invalid)
    }
}
