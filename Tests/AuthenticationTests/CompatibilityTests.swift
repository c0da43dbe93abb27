import Authentication
import Fixtures
import JOSE
import Testing

/// `headers.compat` and `sessions.clear_cookie`.
struct CompatibilityTests {
    private static let clearing =
        "Set-Cookie: session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax"
    private static let stranger = ["HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Bearer"]

    private static func desk(
        _ compatibility: Compatibility, clearing: ClearingCookie? = nil, prefix: String = ""
    ) -> Desk {
        Desk(
            issuers: [TokenMint.trustedIssuer()], keys: TokenMint.ring(), prefix: prefix, store: World().store,
            compatibility: compatibility, clearingCookie: clearing)
    }

    @Test(arguments: [
        ["Bearer unknown"], ["Bearer a.b.c"], ["Bearer unknown", "app_session=x", "app_access_token=y"],
    ])
    func `for Authgear what is invalid is none, unless there is a session cookie`(credentials: [String]) {
        let cookies = Array(credentials.dropFirst())
        var desk = Self.desk(.authgear)
        #expect(desk.ask(authorization: credentials[0], cookies: cookies) == Desk.none)
        #expect(desk.ask(.require, authorization: credentials[0], cookies: cookies) == Self.stranger)
        let more = cookies + ["session=x.y"]
        #expect(desk.ask(authorization: credentials[0], cookies: more) == Desk.invalid + [Self.clearing])
        desk = Self.desk(.spec)
        #expect(desk.ask(authorization: credentials[0], cookies: cookies) == Desk.invalid)
        #expect(desk.ask(authorization: credentials[0], cookies: more) == Desk.invalid)
    }

    @Test func `for Authgear sessions have an empty amr`() {
        let line = "x-authgear-session-amr: pwd"
        let valid = Desk.valid.map { $0 == line ? "x-authgear-session-amr: " : $0 }
        var desk = Self.desk(.authgear)
        #expect(desk.ask(cookies: ["session=\(Desk.cookie)"]) == valid)
        #expect(desk.ask(authorization: "Bearer \(World.token)") == valid)
        desk = Self.desk(.spec)
        #expect(desk.ask(cookies: ["session=\(Desk.cookie)"]) == Desk.valid)
    }

    @Test func `for Authgear a JWT has the amr that it states`() {
        var desk = Desk(
            issuers: [TokenMint.trustedIssuer()], keys: TokenMint.ring(), compatibility: .authgear)
        desk.now = TokenMint.now
        #expect(desk.ask(authorization: ResolverTokenTests.bearer(TokenMint().token)) == ResolverTokenTests.valid)
    }

    @Test func `what can't be checked is unknown for Authgear, too`() {
        var desk = Self.desk(.authgear)
        desk.store[World.accessGrantKey] = .unavailable(.timedOut)
        #expect(desk.ask(authorization: "Bearer \(World.token)") == Desk.unknown(.storeTimedOut))
    }

    @Test(arguments: Endpoint.allCases)
    func `a session cookie that is invalid is cleared where that is configured`(endpoint: Endpoint) {
        let lines = { (desk: inout Desk, cookies: [String]) in
            desk.ask(endpoint, cookies: cookies).filter { $0.hasPrefix("Set-Cookie") }
        }
        var desk = Self.desk(.spec, clearing: ClearingCookie(domain: "example.com", isSecure: false), prefix: "my_")
        let cleared =
            "Set-Cookie: my_session=; Path=/; Domain=example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax"
        #expect(lines(&desk, ["my_session=x.y"]) == [cleared])
        #expect(lines(&desk, ["my_session=malformed"]) == [cleared])
        #expect(lines(&desk, ["my_session=x.y; my_session=\(Desk.cookie)"]) == [], "another one is valid")
        #expect(lines(&desk, ["my_app_session=x"]) == [], "no session cookie was presented")
        #expect(lines(&desk, ["session=x.y"]) == [])
        desk.store = [:]
        desk.store["app:my-project:session:x"] = .unavailable(.disconnected)
        #expect(lines(&desk, ["my_session=x.y"]) == [], "it may be valid")
    }
}
