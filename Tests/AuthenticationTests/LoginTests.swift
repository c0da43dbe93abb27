import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// A browser that is turned away is told where to log in.
@Suite struct LoginTests {
    typealias Fields = [(RequestFields.Further, String)]

    private static let login = LoginRules(url: "https://id.example/authorize?client_id=web", returnParameter: "state")
    private static let browser: Fields = [
        (.originalMethod, "GET"), (.originalURI, "/orders?page=2&x=a b".replacing(" ", with: "%20")),
        (.accept, "text/html,application/xhtml+xml"),
    ]

    private static func desk(_ policies: [AccessPolicy] = [], login: LoginRules = login) -> Desk {
        var desk = Desk(
            issuers: [TokenMint.trustedIssuer()], keys: TokenMint.ring(), policies: policies, login: login)
        desk.now = TokenMint.now
        return desk
    }

    private static func hint(_ answer: [String]) -> String? {
        answer.first { $0.hasPrefix("x-authgear-login: ") }.map { String($0.dropFirst("x-authgear-login: ".count)) }
    }

    @Test func `a stranger and who is invalid are told the way and the way back`() {
        let expected = "https://id.example/authorize?client_id=web&state=%2Forders%3Fpage%3D2%26x%3Da%2520b"
        var desk = Self.desk()
        let stranger = desk.ask(.require, further: Self.browser)
        #expect(stranger == ["HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Bearer", "x-authgear-login: \(expected)"])
        let expired = ResolverTokenTests.bearer(ResolverTokenTests.expired())
        #expect(Self.hint(desk.ask(.require, authorization: expired, further: Self.browser)) == expected)
        #expect(Self.hint(desk.ask(.resolve, further: Self.browser)) == nil)
        let valid = desk.ask(
            .require, authorization: ResolverTokenTests.bearer(TokenMint().token), further: Self.browser)
        #expect(valid == ResolverTokenTests.valid)
        desk = Self.desk(login: LoginRules(url: "https://id.example/", returnParameter: "to"))
        #expect(
            Self.hint(desk.ask(.require, further: Self.browser))?.hasPrefix("https://id.example/?to=%2Forders") == true)
    }

    @Test(
        arguments: [
            [(.originalMethod, "POST"), (.accept, "text/html")], [(.accept, "text/html")],
            [(.originalMethod, "GET"), (.accept, "application/json")], [(.originalMethod, "GET")],
            [(.originalMethod, "GET"), (.accept, "text/html"), (.fetchMode, "cors")],
            [(.originalMethod, "GET"), (.accept, "text/html"), (.fetchMode, "navigate"), (.fetchMode, "navigate")],
            [(.originalMethod, "get"), (.accept, "text/html")],
        ] as [Fields])
    func `who shows no page is not told`(fields: Fields) {
        var desk = Self.desk()
        #expect(desk.ask(.require, further: fields) == ["HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Bearer"])
    }

    @Test(
        arguments: [
            (nil, "%2F"), ("/", "%2F"), ("//evil.example/", "%2F"), ("/\\evil.example", "%2F"),
            ("https://evil.example/", "%2F"),
            ("", "%2F"), ("orders", "%2F"), ("/a/../b", "%2Fa%2F..%2Fb"), ("/a//b", "%2Fa%2F%2Fb"),
            ("/%2F/evil", "%2F%252F%2Fevil"),
            ("/" + String(repeating: "a", count: 2047), "%2F" + String(repeating: "a", count: 2047)),
            ("/" + String(repeating: "a", count: 2048), "%2F"), ("/a\u{e9}", "%2F"), ("/-._~aZ9!", "%2F-._~aZ9%21"),
        ] as [(String?, String)])
    func `the way back stays on this site`(uri: String?, encoded: String) {
        var desk = Self.desk()
        let fields: Fields =
            [(.originalMethod, "GET"), (.accept, "Text/HTML"), (.fetchMode, "navigate")]
            + (uri.map { [(.originalURI, $0)] } ?? [])
        #expect(
            Self.hint(desk.ask(.require, further: fields))
                == "https://id.example/authorize?client_id=web&state=\(encoded)")
    }

    @Test func `a policy's reason is told where a log-in helps, with what it asks for`() {
        var policies = ["acr", "amr", "age", "role"].map { AccessPolicy(name: $0) }
        policies[0].contexts = ["gold", "x/y"].map { Array($0.utf8) }
        policies[1].authenticationMethods = [Array("hwk".utf8)]
        policies[2].maximumAge = .seconds(300)
        policies[3].roles = [Array("none".utf8)]
        var desk = Self.desk(policies)
        let token = ResolverTokenTests.bearer(TokenMint().token)
        let base = "https://id.example/authorize?client_id=web&state=%2F"
        let fields: Fields = [(.originalMethod, "GET"), (.accept, "text/html")]
        let hints = ["acr", "amr", "age", "role"].map { name in
            Self.hint(desk.ask(.require, policy: name, authorization: token, further: fields))
        }
        #expect(hints == [base + "&acr_values=gold%20x%2Fy", base, base + "&max_age=300", nil])
        let refused = desk.ask(.require, policy: "age", authorization: token, further: fields)
        #expect(refused.contains("x-authgear-refused: max_age"))
    }

    @Test func `who has waited is told as well`() {
        var desk = Self.desk()
        desk.store[Desk.sessionKey] = .missing
        let answer = desk.ask(.require, cookies: ["session=\(Desk.cookie)"], further: Self.browser)
        #expect(Self.hint(answer)?.hasSuffix("&state=%2Forders%3Fpage%3D2%26x%3Da%2520b") == true)
    }
}
