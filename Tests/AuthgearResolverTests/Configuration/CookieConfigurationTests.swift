import Authentication
import AuthgearResolver
import JOSE
import Questions
import Testing

/// `cookies` and `issuers[].userinfo`: who else is asked over HTTP.
@Suite struct CookieConfigurationTests {
    private static let sound = "name: sid, ask: https://id.example/me, claims: { user_id: id }"

    private func cookies(_ keys: String..., more: String = "") -> String {
        more + "cookies:\n" + keys.map { "  - { \($0) }\n" }.joined()
    }

    @Test func `all keys of a cookie are read, and what is left out has its default`() throws {
        let read = try configuration(
            cookies(
                """
                name: authentik_session, ask: "https://id.example/me?x=1", refuse_when: [original, [user, ghost]], \
                claims: { user_id: [user, uid], roles: { claim: [user, groups], each: name } }, max_age: 10s, \
                timeout: 1s, connections: 8, waiting: 16, insecure: true
                """, Self.sound))
        let (whole, plain) = (read.cookies[0], read.cookies[1])
        #expect(whole.name == "authentik_session")
        #expect(whole.ask.text == "https://id.example/me?x=1")
        #expect(whole.claims.places.userID == ClaimPlace("user", "uid"))
        #expect(whole.claims.places.roles == ClaimPlace("user", "groups", reading: .each(Array("name".utf8))))
        #expect(whole.refusals == [ClaimPlace("original"), ClaimPlace("user", "ghost")])
        #expect(whole.maxAge == .seconds(10))
        var limits = Configuration.AskLimits()
        (limits.timeout, limits.connections, limits.waiting, limits.isInsecure) = (.seconds(1), 8, 16, true)
        #expect(whole.limits == limits)
        var places = ClaimPlaces.none
        places.userID = ClaimPlace("id")
        #expect(plain.claims.places == places)
        #expect(plain.refusals.isEmpty)
        #expect(plain.maxAge == .seconds(30))
        #expect(plain.limits == Configuration.AskLimits())
        #expect(plain.limits.timeout == .milliseconds(500))
        #expect((plain.limits.connections, plain.limits.waiting) == (64, 1_024))
        let servers = read.resolverSettings(issuerIDs: [4, 5]).cookieServers
        #expect(servers.map(\.id) == [4, 5])
        #expect(servers.map(\.name) == ["https://id.example/me", "https://id.example/me"])
    }

    @Test(arguments: [
        ("ask: https://id.example/me, claims: { user_id: id }", "cookies[0].name: missing"),
        ("name: sid, claims: { user_id: id }", "cookies[0].ask: missing"),
        ("name: sid, ask: https://id.example/me", "cookies[0].claims.user_id: missing"),
        ("name: sid, ask: https://id.example/me, claims: { roles: r }", "cookies[0].claims.user_id: missing"),
        ("name: 'a b', ask: https://id.example/me, claims: { user_id: id }", "that a cookie name can't have"),
        (
            "name: sid, ask: http://id.example/me, claims: { user_id: id }",
            "is http on a host that is not loopback, where cookies could be read on the way"
        ),
        ("name: sid, ask: id.example, claims: { user_id: id }", "cookies[0].ask: \"id.example\" is not an https URL"),
        (sound + ", refuse_when: original", "cookies[0].refuse_when: is not such a list"),
        (sound + ", refuse_when: []", "cookies[0].refuse_when: is not such a list"),
        (sound + ", refuse_when: [{ a: b }]", "cookies[0].refuse_when[0]: is a mapping"),
        (sound + ", max_age: 0s", "cookies[0].max_age: \"0s\" is out of range"),
        (sound + ", connections: 0", "cookies[0].connections: \"0\" is out of range"),
        (sound + ", profile: authentik", "cookies[0].profile: unknown key"),
    ])
    func `what is wrong with a cookie is said`(keys: String, words: String) {
        #expect(report(cookies(keys)).contains(words))
    }

    @Test func `a name comes once, and is none of Authgear's that counts`() {
        #expect(report(cookies(Self.sound, Self.sound)).contains("cookies[1].name: is configured twice"))
        func problem(_ name: String, _ sessions: String) -> Bool {
            report(cookies(Self.sound.replacing("sid", with: name), more: "sessions: { \(sessions) }\n"))
                .contains("cookies[0].name: is a cookie of Authgear's")
        }
        let memory = "store: memory, app_id: a, memory: { file: f }"
        for name in ["session", "app_session", "app_access_token"] {
            #expect(problem(name, memory))
            #expect(!problem(name, memory + ", cookie_prefix: my_"))
            #expect(problem("my_" + name, memory + ", cookie_prefix: my_"))
            #expect(problem(name, "store: none") == (name == "app_access_token"))
        }
    }

    @Test func `other terms are another server, and other bounds are not`() throws {
        func terms(_ keys: String) throws -> TermsText {
            let terms = try configuration(cookies(keys)).cookies[0].terms
            return TermsText(issuer: terms.issuer, source: terms.keySource)
        }
        let first = try terms(Self.sound)
        #expect(try terms(Self.sound + ", timeout: 2s, connections: 3, waiting: 4") == first)
        for keys in [
            Self.sound + ", max_age: 1s", Self.sound + ", refuse_when: [a]", Self.sound.replacing("sid", with: "s"),
            Self.sound.replacing("/me", with: "/you"), Self.sound.replacing("user_id: id", with: "user_id: uid"),
        ] {
            #expect(try terms(keys) != first)
        }
    }

    private struct TermsText: Equatable {
        let issuer: TrustedIssuer
        let source: String
    }

    // Userinfo.

    private func issuer(_ keys: String, more: String = "", name: String = "https://id.example") -> String {
        "issuers:\n  - { issuer: '\(name)', audiences: [a], \(more)userinfo: { \(keys) } }\n"
    }

    @Test func `all keys of userinfo are read, and what is left out has its default`() throws {
        let more = "claims: { user_id: uid, roles: [r, s], scopes: scope }, headers: { x-mail: email, x-acr: acr }, "
        let whole = try configuration(
            issuer(
                "endpoint: https://id.example/u, max_age: 1m, missing: partial, timeout: 1s, connections: 8, waiting: 16",
                more: more)
        ).issuers[0].userinfo
        #expect(whole?.endpoint?.text == "https://id.example/u")
        #expect(whole?.maxAge == .seconds(60))
        #expect(whole?.missing == .partial)
        #expect(whole?.limits.connections == 8)
        #expect(whole?.claims.wanted == [ClaimPlace("r", "s"), ClaimPlace("scope"), ClaimPlace("email")])
        #expect(whole?.claims.members == ["email", "r", "scope"].map { Array($0.utf8) })
        let plain = try configuration(issuer("")).issuers[0].userinfo
        #expect(plain?.endpoint == nil)
        #expect(plain?.maxAge == .seconds(300))
        #expect(plain?.missing == .unavailable)
        #expect(plain?.claims.wanted.isEmpty == true)
    }

    @Test(arguments: [
        ("missing: maybe", "", "userinfo.missing: \"maybe\" is none of these; allowed: unavailable, partial"),
        ("endpoint: http://id.example/u", "", "where tokens could be read on the way"),
        ("", "session_check: grant, ", "userinfo: completes tokens, and session_check: grant has"),
        ("", "jwks_uri: none, ", "userinfo: is for tokens that were checked, and nothing checks this issuer's"),
        ("method: post", "", "userinfo.method: unknown key"),
    ])
    func `what is wrong with userinfo is said`(keys: String, more: String, words: String) {
        #expect(report(issuer(keys.isEmpty ? "max_age: 1m" : keys, more: more)).contains(words))
    }

    @Test func `without an endpoint the issuer has to be one that discovery finds`() {
        #expect(
            report(issuer("max_age: 1m", more: "jwks_file: k, ", name: "any text"))
                .contains("userinfo: has no endpoint, and discovery can't find it"))
    }
}
