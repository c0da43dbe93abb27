import Authentication
import AuthgearResolver
import HTTP1
import Testing

/// Forged requests and the log-in, as an operator writes them.
@Suite struct BrowserConfigurationTests {
    private static let issuer =
        "issuers: [{ issuer: \"https://id.example\", audiences: [a], headers: { x-user: u } }]\n"

    @Test func `what is about browsers is read`() throws {
        let read = try configuration(
            Self.issuer + """
                original: traefik
                csrf: { origins: ["https://app.example", "http://localhost:3000"], token: { cookie: csrf, header: x-csrf } }
                login: { url: "https://id.example/authorize?client_id=web", return: state }
                """)
        #expect(read.original == .traefik)
        #expect(
            read.csrf?.rules
                == CSRFRules(
                    origins: ["https://app.example", "http://localhost:3000"], token: CSRFRules.Token(cookie: "csrf")))
        #expect(read.csrf?.header == "x-csrf")
        #expect(read.login == LoginRules(url: "https://id.example/authorize?client_id=web", returnParameter: "state"))
    }

    @Test func `preflights need the client's own method, and what gateways need is read`() throws {
        let read = try configuration(
            Self.issuer + "original: envoy\npreflight: allow\nheaders: { absent: empty, removal: envoy, error: omit }\n"
        )
        #expect(read.readsOriginal)
        #expect(
            read.delivery
                == DeliveryRules(
                    names: Self.names + ["x-user"], absence: .empty, removal: .envoy, errorHeader: .omit,
                    allowsPreflights: true))
        #expect(!read.delivery.completion(beside: "x-user").contains("x-user"))
        let plain = try configuration(Self.issuer + "preflight: refuse\n")
        #expect(plain.delivery == DeliveryRules(names: Self.names + ["x-user"]) && !plain.readsOriginal)
    }

    private static let names = [
        "session-valid", "user-id", "user-anonymous", "user-verified", "user-can-reauthenticate", "user-roles",
        "session-amr",
        "session-authenticated-at", "allowed", "refused", "assertion",
    ].map { "x-authgear-\($0)" }

    @Test(arguments: [
        ("preflight: allow", "preflight: does not know the client's own request"),
        ("headers: { absent: none }", "headers.absent: \"none\" is none of these"),
        ("headers: { removal: nginx }", "headers.removal: \"nginx\" is none of these"),
        ("original: kong", "original: \"kong\" is none of these"),
        ("csrf: { origins: [\"https://a.example\"] }", "csrf: does not know the client's own request"),
        ("login: { url: \"https://a.example\", return: r }", "login: does not know the client's own request"),
        ("original: nginx\ncsrf: {}", "csrf.origins: missing"),
        ("original: nginx\ncsrf: { origins: [\"https://a.example/\"] }", "is not an origin"),
        ("original: nginx\ncsrf: { origins: [\"https://A.example\"] }", "is not an origin"),
        ("original: nginx\ncsrf: { origins: [a.example] }", "is not an origin"),
        ("original: nginx\ncsrf: { origins: [\"null\"] }", "is not an origin"),
        ("original: nginx\ncsrf: { token: { cookie: c } }", "csrf.token.header: missing"),
        ("original: nginx\ncsrf: { token: { cookie: \"a b\", header: x-c } }", "csrf.token.cookie:"),
        (
            "original: nginx\ncsrf: { token: { cookie: c, header: cookie } }",
            "csrf.token.header: \"cookie\" is a header that"
        ),
        ("original: nginx\ncsrf: { token: { cookie: c, header: x-user } }", "csrf.token: names the header x-user"),
        (
            "original: nginx\ncsrf: { token: { cookie: c, header: x-original-uri } }",
            "csrf.token.header: \"x-original-uri\" is a header that the message needs"
        ),
        (
            "original: nginx\ncsrf: { token: { cookie: c, header: user-agent } }",
            "csrf.token.header: \"user-agent\" is a header that is read for what it is"
        ),
        (
            "original: nginx\ncsrf: { token: { cookie: c, header: origin } }",
            "csrf.token.header: \"origin\" is a header that is read for what it is"
        ),
        (
            "original: nginx\ntokens: { static: { file: t, header: x-key } }\ncsrf: { token: { cookie: c, header: x-key } }",
            "csrf.token: names the header x-key"
        ),
        ("original: nginx\nlogin: { url: \"http://a.example\", return: r }", "login.url: \"http://a.example\" is http"),
        ("original: nginx\nlogin: { url: \"https://a.example/#x\", return: r }", "login.url:"),
        (
            "original: nginx\nlogin: { url: \"https://a.example/\", return: \"a&b\" }",
            "login.return: \"a&b\" is not a parameter's name"
        ),
        ("original: nginx\nlogin: { url: \"https://a.example/\" }", "login.return: missing"),
    ])
    func `what is wrong is told with its key`(text: String, problem: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try configuration(Self.issuer + text) }
        #expect(error?.problems.count == 1, "\(error?.description ?? "")")
        #expect(error?.problems.first?.line.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test func `nginx hands on what the resolver reads, and nothing else`() throws {
        func lines(_ text: String) throws -> [Substring] { try fieldsHandedOn(Self.issuer + text) }
        #expect(try lines("") == [])
        #expect(try lines("original: nginx") == [])
        #expect(
            try lines("original: nginx\ncsrf: { token: { cookie: c, header: x-csrf-token } }") == [
                "proxy_set_header X-Original-Method $request_method;", "proxy_set_header X-Original-URI $request_uri;",
                "proxy_set_header Origin $http_origin;", "proxy_set_header Sec-Fetch-Site $http_sec_fetch_site;",
                "proxy_set_header x-csrf-token $http_x_csrf_token;",
            ])
        #expect(
            try lines("original: nginx\nlogin: { url: \"https://a.example/\", return: r }") == [
                "proxy_set_header X-Original-Method $request_method;", "proxy_set_header X-Original-URI $request_uri;",
                "proxy_set_header Sec-Fetch-Mode $http_sec_fetch_mode;", "proxy_set_header Accept $http_accept;",
            ])
    }
}
