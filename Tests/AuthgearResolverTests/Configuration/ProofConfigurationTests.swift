import Authentication
import AuthgearResolver
import HTTP1
import JOSE
import Testing

/// Proofs of possession, as an operator asks for them.
@Suite struct ProofConfigurationTests {
    private static let issuer =
        "issuers: [{ issuer: \"https://id.example\", audiences: [a], headers: { x-user: u } }]\n"

    @Test func `what is about proofs is read, with its defaults`() throws {
        var read = try configuration(
            Self.issuer + "original: nginx\ndpop: { origins: [\"https://API.example:443\", \"http://localhost:3000\"] }"
        )
        var rules = DPoPRules(
            origins: ["https://api.example", "http://localhost:3000"].compactMap(Origin.init), algorithms: [.es256],
            maximumAge: .seconds(60))
        #expect(read.dpop == rules)
        #expect(read.clientCertificate == nil)
        read = try configuration(
            Self.issuer + """
                original: envoy
                dpop: { origins: ["https://a.example"], algorithms: [EdDSA, ES256], max_age: 5m }
                client_certificate: { header: x-forwarded-client-cert, format: xfcc }
                """)
        rules = DPoPRules(
            origins: [Origin("https://a.example")].compactMap(\.self), algorithms: [.edDSA, .es256],
            maximumAge: .seconds(300))
        #expect(read.dpop == rules)
        #expect(read.clientCertificate?.header == "x-forwarded-client-cert")
        #expect(read.clientCertificate?.rules == ClientCertificateRules(format: .xfcc))
        #expect(rules.algorithmNames == "EdDSA ES256")
        #expect(read.resolverSettings().dpop == rules)
        #expect(read.resolverSettings().clientCertificate == read.clientCertificate?.rules)
    }

    @Test(arguments: [
        ("dpop: { origins: [\"https://a.example\"] }", "dpop: does not know the client's own request"),
        ("original: nginx\ndpop: {}", "dpop.origins: missing"),
        ("original: nginx\ndpop: { origins: [] }", "dpop.origins:"),
        ("original: nginx\ndpop: { origins: [\"https://a.example/\"] }", "is not an origin"),
        ("original: nginx\ndpop: { origins: [a.example] }", "is not an origin"),
        ("original: nginx\ndpop: { origins: [\"https://a.example\"], algorithms: [HS256] }", "is never allowed"),
        ("original: nginx\ndpop: { origins: [\"https://a.example\"], algorithms: [none] }", "is never allowed"),
        ("original: nginx\ndpop: { origins: [\"https://a.example\"], max_age: 0s }", "dpop.max_age:"),
        ("original: nginx\ndpop: { origins: [\"https://a.example\"], max_age: 11m }", "dpop.max_age:"),
        ("original: nginx\ndpop: { origins: [\"https://a.example\"], nonce: true }", "dpop.nonce:"),
        ("client_certificate: { format: nginx }", "client_certificate.header: missing"),
        ("client_certificate: { header: x-cert }", "client_certificate.format: missing"),
        ("client_certificate: { header: x-cert, format: apache }", "client_certificate.format: \"apache\" is none of"),
        ("client_certificate: { header: cookie, format: nginx }", "client_certificate.header: \"cookie\" is a header"),
        ("client_certificate: { header: dpop, format: nginx }", "client_certificate.header: \"dpop\" is a header"),
        ("client_certificate: { header: x-user, format: nginx }", "client_certificate.header: has another meaning"),
        (
            "tokens: { static: { file: t, header: x-key } }\nclient_certificate: { header: x-key, format: nginx }",
            "client_certificate.header: has another meaning"
        ),
        (
            "original: nginx\ncsrf: { token: { cookie: c, header: x-c } }\nclient_certificate: { header: x-c, format: nginx }",
            "csrf.token: names the header x-c"
        ),
    ])
    func `what is wrong is told with its key`(text: String, problem: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try configuration(Self.issuer + text) }
        #expect(error?.problems.count == 1, "\(error?.description ?? "")")
        #expect(error?.problems.first?.line.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test func `a policy's challenge is measured with both schemes`() throws {
        let scope = String(repeating: "s", count: 900)
        let text =
            Self.issuer + "original: nginx\nchallenge: { realm: \(String(repeating: "r", count: 40)) }\n"
            + "policies: { p: { acr: [\(scope)] } }\n"
        _ = try configuration(text)
        let error = #expect(throws: ConfigurationError.self) {
            try configuration(text + "dpop: { origins: [\"https://a.example\"] }")
        }
        #expect(error?.problems.first?.line.contains("policies.p.acr: makes a challenge of") == true)
    }

    @Test func `a challenge that is long for what all of them state is the policy's, and none of its keys'`() {
        let error = #expect(throws: ConfigurationError.self) {
            try configuration(
                Self.issuer + "original: nginx\ndpop: { origins: [\"https://a.example\"] }\n"
                    + "challenge: { realm: \(String(repeating: "r", count: 256)), "
                    + "resource_metadata: \"https://a.example/\(String(repeating: "m", count: 450))\" }\n"
                    + "policies: { p: { max_age: 60s } }")
        }
        #expect(
            error?.problems.first?.line.contains("policies.p: makes a challenge of") == true,
            "\(error?.description ?? "")")
    }

    @Test func `nginx hands on what proves possession, its own word on the certificate`() throws {
        func lines(_ text: String) throws -> [Substring] { try fieldsHandedOn(Self.issuer + text) }
        #expect(
            try lines(
                """
                original: nginx
                dpop: { origins: ["https://a.example"] }
                client_certificate: { header: x-client-cert, format: nginx }
                """) == [
                    "proxy_set_header X-Original-Method $request_method;",
                    "proxy_set_header X-Original-URI $request_uri;", "proxy_set_header DPoP $http_dpop;",
                    "proxy_set_header x-client-cert $ssl_client_escaped_cert;",
                ])
    }

    @Test func `check names the policies that want a proof which nobody checks`() throws {
        func hints(_ text: String) throws -> [String] {
            Finding.hints(onPoliciesOf: try configuration(text + "policies: { p: { bound: true } }")).map(\.line)
        }
        let hint = "hint   policies.p: no token of https://id.example can satisfy it, for want of "
        #expect(try hints(Self.issuer) == [hint + "proofs of possession (dpop or client_certificate)"])
        let certificates = "client_certificate: { header: x-cert, format: nginx }\n"
        #expect(try hints(Self.issuer + certificates).isEmpty)
        let ignoring = Self.issuer.replacing("audiences: [a]", with: "audiences: [a], confirmation: ignore")
        #expect(try hints(ignoring + certificates) == [hint + "a proof that is checked here (confirmation: check)"])
    }
}
