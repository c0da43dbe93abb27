import Authentication
import AuthgearResolver
import JOSE
import KeySets
import Questions
import Testing

/// `issuers[].introspection`: who is asked about tokens.
@Suite struct IntrospectionConfigurationTests {
    private static let client = "client: { id: me, secret: hunter2 }"

    /// An issuer with a section of these keys.
    private func issuer(
        _ keys: String, name: String = "https://id.example", audiences: String = "audiences: [a], ", more: String = ""
    ) -> String {
        "  - { issuer: '\(name)', \(audiences)\(more)introspection: { \(keys) } }\n"
    }

    private func read(_ issuers: String...) throws -> Configuration {
        try configuration("issuers:\n" + issuers.joined())
    }

    private func problems(_ issuers: String...) -> String { report("issuers:\n" + issuers.joined()) }

    @Test func `all keys are read, and what is left out has its default`() throws {
        let whole = try read(
            issuer(
                """
                endpoint: https://id.example/i, token_endpoint: https://id.example/t, for: all, clients: [web], \
                client: { id: me, secret: hunter2, method: post }, prefix: ory_at_, max_age: 90s, inactive_max_age: 2s, \
                probe: true, timeout: 1s, connections: 8, waiting: 16, insecure: true, \
                subject: { claim: username, or: [client, id] }
                """)
        ).issuers[0].introspection
        #expect(whole?.endpoint?.text == "https://id.example/i")
        #expect(whole?.tokenEndpoint?.text == "https://id.example/t")
        #expect(whole?.client == ClientCredentials(id: "me", secret: "hunter2", method: .post))
        #expect(whole?.scope == .all)
        #expect(whole?.clients == ["web"])
        #expect(whole?.prefix == "ory_at_")
        #expect(whole?.maxAge == .seconds(90))
        #expect(whole?.inactiveMaxAge == .seconds(2))
        #expect(whole?.probes == true)
        #expect(whole?.limits.timeout == .seconds(1))
        #expect(whole?.limits.connections == 8)
        #expect(whole?.limits.waiting == 16)
        #expect(whole?.limits.isInsecure == true)
        let client = ClaimPlace(["client", "id"].map { Array($0.utf8) })
        #expect(whole?.subject == ClaimPlace([Array("username".utf8)], or: client))
        let plain = try read(issuer(Self.client)).issuers[0].introspection
        #expect(plain?.endpoint == nil)
        #expect(plain?.client.method == .basic)
        #expect(plain?.scope == .opaque)
        #expect(plain?.prefix == nil)
        #expect(plain?.maxAge == .seconds(60))
        #expect(plain?.inactiveMaxAge == .seconds(5))
        #expect(plain?.probes == false)
        #expect(plain?.limits.timeout == .milliseconds(500))
        #expect(plain?.limits.connections == 64)
        #expect(plain?.limits.waiting == 1_024)
        #expect(plain?.limits.isInsecure == false)
        #expect(plain?.subject == nil)
    }

    @Test func `an issuer without keys needs an endpoint, and verifies nothing`() throws {
        let read = try read(
            issuer(Self.client + ", clients: [web]", audiences: "", more: "jwks_uri: none, "),
            issuer("endpoint: https://b.example/i, prefix: b, " + Self.client, name: "b", more: "jwks_uri: none, "))
        #expect(read.issuers.map(\.hasKeys) == [false, false])
        #expect(read.issuersWithKeys.isEmpty)
        #expect(read.keySetSettings().sources.isEmpty)
        let settings = read.resolverSettings(issuerIDs: [4, 5])
        #expect(settings.issuers.isEmpty)
        #expect(settings.introspectors.map(\.id) == [5, 4])
        let mixed = try self.read(
            issuer(Self.client, more: "jwks_uri: none, "), "  - { issuer: https://c.example, audiences: [c] }\n")
        #expect(mixed.resolverSettings(issuerIDs: [4, 5]).issuerIDs == [5])
        #expect(mixed.keySetSettings(issuerIDs: [4, 5]).ids == [5])
    }

    @Test(arguments: [
        ("", "introspection.client: missing"),
        ("client: { id: me }", "introspection.client.secret: missing"),
        ("client: { secret: s }", "introspection.client.id: missing"),
        ("client: { id: me, secret: s, method: mtls }", "introspection.client.method: \"mtls\" is none of these"),
        (client + ", for: jwt", "introspection.for: \"jwt\" is none of these; allowed: opaque, all"),
        (client + ", prefix: ''", "introspection.prefix: \"\" is empty"),
        (client + ", prefix: agr_x", "is that of API tokens, which nobody else is asked about"),
        (client + ", prefix: 'a b'", "has a character that is not visible ASCII"),
        (client + ", endpoint: http://id.example/i", "is http on a host that is not loopback"),
        (client + ", endpoint: id.example", "introspection.endpoint: \"id.example\" is not an https URL"),
        (client + ", max_age: 0s", "introspection.max_age: \"0s\" is out of range"),
        (client + ", connections: 0", "introspection.connections: \"0\" is out of range"),
        (client + ", retries: 3", "introspection.retries: unknown key"),
        ("probe: true, client: { id: me, secret: s, method: bearer }", "introspection.probe: gets a token by id"),
    ])
    func `what is wrong is said`(keys: String, words: String) {
        #expect(problems(issuer(keys)).contains(words))
    }

    @Test func `the secret of private_key_jwt is a private key`() throws {
        let pem =
            "-----BEGIN PRIVATE KEY-----\\nMC4CAQAwBQYDK2VwBCIEIIrV15R2QfykxScgOoNhiD2xswqPSa15EumY6DS84pNT\\n"
            + "-----END PRIVATE KEY-----\\n"
        let keys = "client: { id: me, method: private_key_jwt, secret: \"\(pem)\" }, probe: true"
        #expect(try read(issuer(keys)).issuers[0].introspection?.client.method == .privateKey)
        let wrong = problems(issuer("client: { id: me, method: private_key_jwt, secret: hunter2 }"))
        #expect(wrong.contains("introspection.client.secret: the value is no private key that can be used"))
        #expect(!wrong.contains("hunter2"))
    }

    @Test func `no message shows the secret`() {
        #expect(!problems(issuer("client: { id: me, secret: \"hunter2\\x01\" }")).contains("hunter2"))
    }

    @Test func `contradictions are named`() {
        let audiences = problems(issuer(Self.client, audiences: ""))
        #expect(audiences.contains("issuers[0].audiences: missing"))
        #expect(
            problems("  - { issuer: a, audiences: [a], jwks_uri: none }\n")
                .contains("jwks_uri: is none, and nobody is asked about the issuer's tokens"))
        #expect(
            problems(issuer(Self.client + ", for: all", more: "jwks_uri: none, "))
                .contains("introspection: is for JWTs too, and jwks_uri: none lets nobody verify them"))
        #expect(
            problems(issuer(Self.client, name: "any text", more: "jwks_uri: none, "))
                .contains("introspection: has no endpoint, and discovery can't find it"))
        #expect(
            problems(issuer(Self.client + ", for: all", more: "session_check: grant, "))
                .contains("introspection: is for all tokens, and session_check: grant"))
        #expect(
            problems(issuer(Self.client), issuer(Self.client, name: "https://b.example"))
                .contains("issuers[1].introspection: has no prefix, as that of the issuer https://id.example"))
        #expect(
            problems(
                issuer(Self.client + ", prefix: p"), issuer(Self.client + ", prefix: p", name: "https://b.example")
            )
            .contains("issuers[1].introspection: has the same prefix as that of the issuer https://id.example"))
        #expect(
            problems(
                issuer(Self.client + ", prefix: p"), issuer(Self.client + ", prefix: pq", name: "https://b.example"),
                issuer(Self.client, name: "https://c.example")) == "")
    }

    @Test func `other terms are another issuer, and another secret is not`() throws {
        let first = try read(issuer(Self.client)).issuers[0].terms
        let secret = try read(issuer("client: { id: me, secret: other }, timeout: 2s")).issuers[0].terms
        let age = try read(issuer(Self.client + ", max_age: 30s")).issuers[0].terms
        #expect(first == secret)
        #expect(first != age)
    }
}
