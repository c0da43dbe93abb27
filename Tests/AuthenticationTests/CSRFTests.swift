import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// Cookies are used only where another site can't have sent the request.
@Suite struct CSRFTests {
    typealias Fields = [(RequestFields.Further, String)]

    private static let token = String(repeating: "aB3_-x", count: 8)
    private static let session = "session=\(Desk.cookie)"

    private static func desk(token: CSRFRules.Token? = nil) -> Desk {
        Desk(csrf: CSRFRules(origins: ["https://app.example"], token: token))
    }

    /// What a request says of itself, and whether its cookies are used: by the rule alone, and with a right token beside it.
    static let requests: [(fields: Fields, byRule: Bool, withToken: Bool)] = [
        ([(.originalMethod, "GET")], true, true), ([(.originalMethod, "HEAD")], true, true),
        ([(.originalMethod, "OPTIONS")], true, true), ([(.originalMethod, "TRACE")], true, true),
        ([(.originalMethod, "GET"), (.fetchSite, "cross-site"), (.origin, "https://evil.example")], true, true),
        ([], false, true), ([(.originalMethod, "POST")], false, true), ([(.originalMethod, "get")], false, true),
        ([(.originalMethod, "GETX")], false, true),
        ([(.originalMethod, "POST"), (.fetchSite, "same-origin")], true, true),
        ([(.originalMethod, "POST"), (.fetchSite, "none")], true, true),
        ([(.originalMethod, "POST"), (.fetchSite, "same-site")], false, false),
        ([(.originalMethod, "POST"), (.fetchSite, "cross-site")], false, false),
        ([(.originalMethod, "POST"), (.fetchSite, "Same-Origin")], false, false),
        ([(.originalMethod, "POST"), (.origin, "https://app.example")], true, true),
        ([(.originalMethod, "POST"), (.origin, "https://APP.example")], false, false),
        ([(.originalMethod, "POST"), (.origin, "https://app.example.evil")], false, false),
        ([(.originalMethod, "POST"), (.origin, "null")], false, false),
        ([(.originalMethod, "POST"), (.fetchSite, "cross-site"), (.origin, "https://app.example")], true, true),
        ([(.fetchSite, "same-origin")], true, true),
        (
            [(.originalMethod, "POST"), (.origin, "https://app.example"), (.origin, "https://app.example")], false,
            false
        ),
    ]

    @Test(arguments: 0..<requests.count) func `a request's own word decides`(number: Int) {
        let (fields, byRule, withToken) = Self.requests[number]
        var desk = Self.desk()
        #expect((desk.ask(.require, cookies: [Self.session], further: fields) == Desk.valid) == byRule)
        desk = Self.desk(token: CSRFRules.Token(cookie: "csrf"))
        let right = fields + [(.csrfToken, Self.token)]
        #expect(
            (desk.ask(.require, cookies: [Self.session, "csrf=\(Self.token)"], further: right) == Desk.valid)
                == withToken)
    }

    @Test(
        arguments: [
            ("", [token], false), (token, [], false), (token, [token], true), (token, ["x", token], true),
            (token, ["a", "b", "c", "d", token], false), (token, [token + "x"], false), (token + "x", [token], false),
            ("short", ["short"], false),
            (String(repeating: "a", count: 31), [String(repeating: "a", count: 31)], false),
            (String(repeating: "a", count: 32), [String(repeating: "a", count: 32)], true),
            (String(repeating: "a", count: 128), [String(repeating: "a", count: 128)], true),
            (String(repeating: "a", count: 129), [String(repeating: "a", count: 129)], false),
            (String(repeating: "a.", count: 20), [String(repeating: "a.", count: 20)], false),
        ] as [(String, [String], Bool)])
    func `a token is one of the first four cookies of its name`(header: String, cookies: [String], holds: Bool) {
        var desk = Self.desk(token: CSRFRules.Token(cookie: "csrf"))
        let fields: Fields = [(.originalMethod, "POST")] + (header.isEmpty ? [] : [(.csrfToken, header)])
        let answer = desk.ask(
            .require, cookies: [Self.session] + cookies.map { "csrf=\($0)" }, further: fields)
        #expect((answer == Desk.valid) == holds)
    }

    @Test func `a token's header twice is none`() {
        var desk = Self.desk(token: CSRFRules.Token(cookie: "csrf"))
        let fields: Fields = [(.originalMethod, "POST"), (.csrfToken, Self.token), (.csrfToken, Self.token)]
        #expect(
            desk.ask(cookies: [Self.session, "csrf=\(Self.token)"], further: fields).last == "x-authgear-refused: csrf")
    }

    @Test(arguments: ["session=\(Desk.cookie)", "app_session=x", "app_access_token=x"])
    func `who has nothing else is told so, and no store is asked`(cookie: String) {
        var desk = Self.desk()
        #expect(desk.ask(.resolve, cookies: [cookie]) == ["HTTP/1.1 200 OK", "x-authgear-refused: csrf"])
        #expect(desk.ask(.require, cookies: [cookie]) == ["HTTP/1.1 403 Forbidden", "x-authgear-refused: csrf"])
        #expect(desk.asked == [])
        #expect(desk.ask(.resolve, cookies: ["other=x"]) == Desk.none)
    }

    @Test func `a bearer token is never asked for it, and comes before and after`() {
        let cookies = [Self.session]
        var desk = Desk(
            issuers: [TokenMint.trustedIssuer()], keys: TokenMint.ring(),
            csrf: CSRFRules(origins: ["https://app.example"]))
        desk.now = TokenMint.now
        let (good, bad) = (
            ResolverTokenTests.bearer(TokenMint().token), ResolverTokenTests.bearer(ResolverTokenTests.expired())
        )
        #expect(desk.ask(.require, authorization: good, cookies: cookies) == ResolverTokenTests.valid)
        // Before what is invalid, behind what could not be checked.
        #expect(
            desk.ask(.require, authorization: bad, cookies: cookies)
                == ["HTTP/1.1 403 Forbidden", "x-authgear-refused: csrf"])
        desk.resolver.publish(.empty([0]))
        let unchecked = desk.ask(.require, authorization: good, cookies: cookies)
        #expect(unchecked == Desk.unknown(.keysNotLoaded))
    }

    @Test func `while a token waits for its key, cookies stay unused`() {
        var desk = Desk(
            issuers: [TokenMint.trustedIssuer()], keys: .empty([0]), csrf: CSRFRules(origins: ["https://app.example"]))
        desk.now = TokenMint.now
        desk.keyReply = .absent
        let bearer = ResolverTokenTests.bearer(TokenMint().token)
        _ = desk.ask(.require, authorization: bearer, cookies: [Self.session])
        #expect(desk.asked == [])
    }
}
