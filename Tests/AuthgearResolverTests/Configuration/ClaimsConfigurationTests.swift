import Authentication
import AuthgearResolver
import JOSE
import Testing

/// What issuers' claims are called, and access policies, as an operator writes them.
@Suite struct ClaimsConfigurationTests {
    private static func issuer(_ text: String, besides more: String = "") throws -> ClaimPlaces {
        let read = try configuration(
            """
            issuers:
              - issuer: https://id.example
                audiences: [a]
            \(text.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
            \(more)
            """)
        return read.issuers[0].claims.places
    }

    @Test(arguments: ClaimProfile.allCases) func `a profile is taken by its name`(_ profile: ClaimProfile) throws {
        #expect(try Self.issuer("profile: \(profile.rawValue)") == profile.places)
    }

    @Test func `without a profile it is Authgear's`() throws {
        #expect(try Self.issuer("") == ClaimProfile.authgear.places)
    }

    @Test func `each form of a place is read`() throws {
        let places = try Self.issuer(
            """
            profile: keycloak
            audience_claim: "urn:aud"
            required_claims: { typ: "Bearer", "a.b": true, level: 2, other: "2" }
            claims:
              user_id: { claim: uid, or: { claim: [user, id], or: sub } }
              anonymous: { claim: [firebase, provider], equals: anonymous }
              verified: "https://x.example/verified"
              can_reauthenticate: { claim: level, equals: 3 }
              roles: { claim: "cognito:groups" }
              amr: { claim: amr, each: method }
              authenticated_at: [session, at]
              scopes: { claim: scp, split: comma }
              acr: acrs
              client: ""
            headers:
              x-user-email: email
              x-tenant: [ak_proxy, user_attributes, tenant]
              x-projects: { claim: projects, keys: true, encode: none }
              x-raw: { claim: address, encode: base64url }
            """)
        var expected = ClaimProfile.keycloak.places
        expected.audience = Array("urn:aud".utf8)
        expected.required = [
            RequiredClaim("a.b", is: .boolean(true)), RequiredClaim("level", is: .number(2)),
            RequiredClaim("other", is: .text(Array("2".utf8))), RequiredClaim("typ", is: .text(Array("Bearer".utf8))),
        ]
        expected.userID = ClaimPlace("uid", or: ClaimPlace("user", "id", or: ClaimPlace("sub")))
        expected.anonymous = ClaimPlace("firebase", "provider", reading: .equals(.text(Array("anonymous".utf8))))
        expected.verified = ClaimPlace("https://x.example/verified")
        expected.canReauthenticate = ClaimPlace("level", reading: .equals(.number(3)))
        expected.roles = ClaimPlace("cognito:groups")
        expected.authenticationMethods = ClaimPlace("amr", reading: .each(Array("method".utf8)))
        expected.authenticatedAt = ClaimPlace("session", "at")
        expected.scopes = ClaimPlace("scp", reading: .split(UInt8(ascii: ",")))
        expected.contexts = ClaimPlace("acrs")
        expected.client = ClaimPlace("")
        expected.headers = [
            ClaimHeader("x-projects", from: ClaimPlace("projects", reading: .names), encoding: .none),
            ClaimHeader("x-raw", from: ClaimPlace("address"), encoding: .base64url),
            ClaimHeader("x-tenant", from: ClaimPlace("ak_proxy", "user_attributes", "tenant")),
            ClaimHeader("x-user-email", from: ClaimPlace("email")),
        ]
        #expect(places == expected)
    }

    @Test(arguments: [
        ("profile: keykloak", "issuers[0].profile: \"keykloak\" is none of these, did you mean keycloak?"),
        ("claims: { user: sub }", "issuers[0].claims.user: unknown key"),
        ("claims: { roles: [a, b, c, d, e] }", "issuers[0].claims.roles: has 5 steps"),
        ("claims: { roles: [] }", "issuers[0].claims.roles: has 0 steps"),
        ("claims: { roles: { split: space } }", "issuers[0].claims.roles.claim: missing"),
        ("claims: { roles: { claim: a, split: tab } }", "issuers[0].claims.roles.split: \"tab\" is none of these"),
        (
            "claims: { roles: { claim: a, split: space, keys: true } }",
            "issuers[0].claims.roles.keys: stands beside split"
        ),
        ("claims: { roles: { claim: a, equals: b } }", "issuers[0].claims.roles.equals: unknown key"),
        ("claims: { user_id: { claim: a, split: space } }", "issuers[0].claims.user_id.split: unknown key"),
        ("claims: { user_id: { claim: a, encode: none } }", "issuers[0].claims.user_id.encode: unknown key"),
        (
            "claims: { verified: { claim: a, or: { claim: b, each: c } } }",
            "issuers[0].claims.verified.or.each: unknown key"
        ),
        ("claims: { client: }", "issuers[0].claims.client: has no value"),
        ("required_claims: { typ: [a] }", "issuers[0].required_claims.typ: is a list"),
        ("required_claims: { n: 9007199254740992 }", "issuers[0].required_claims.n: \"9007199254740992\" is too large"),
        ("headers: { X-User: email }", "issuers[0].headers.X-User: is not a header's name in lower case"),
        ("headers: { x_user: email }", "issuers[0].headers.x_user: is not a header's name in lower case"),
        ("headers: { x-accel-redirect: a }", "issuers[0].headers.x-accel-redirect: is a header that nginx acts on"),
        ("headers: { x-original-uri: a }", "issuers[0].headers.x-original-uri: is a header that the message needs"),
        ("headers: { cookie: a }", "issuers[0].headers.cookie: is a header that the message needs"),
        (
            "headers: { transfer-encoding: a }",
            "issuers[0].headers.transfer-encoding: is a header that the message needs"
        ),
        ("headers: { x-authgear-user-id: a }", "issuers[0].headers.x-authgear-user-id: is a header of ours"),
        ("headers: { x-authgear-allowed: a }", "issuers[0].headers.x-authgear-allowed: is a header of ours"),
        (
            "headers: { x-a: { claim: a, keys: true, encode: base64url } }",
            "issuers[0].headers.x-a.encode: is for the value"
        ),
        (
            "headers: { \((0..<17).map { "x-\($0): a" }.joined(separator: ", ")) }",
            "issuers[0].headers: has 17 headers; allowed: at most 16"
        ),
    ])
    func `a place that is wrong is told with its key`(text: String, problem: String) throws {
        let message = #expect(throws: ConfigurationError.self) { try Self.issuer(text) }
        #expect(message?.problems.count == 1)
        #expect(message?.problems.first?.line.contains(problem) == true, "\(message?.description ?? "")")
    }

    @Test func `a policy is read with all its conditions`() throws {
        let read = try configuration(
            """
            issuers: [{ issuer: "https://id.example", audiences: [a] }]
            challenge: { realm: api, resource_metadata: "https://api.example/.well-known/oauth-protected-resource" }
            policies:
              orders: { scopes: [stock:read], roles: [stock.view, admin] }
              1-all:
                credentials: [session, token, api_token]
                issuers: ["https://id.example"]
                audiences: [a]
                clients: [web]
                bound: true
                anonymous: false
                verified: true
                acr: [gold]
                amr: [mfa]
                max_age: 5m
              any: {}
            """)
        var all = AccessPolicy(name: "1-all")
        all.credentials = [.session, .token, .apiToken]
        all.issuers = [Array("https://id.example".utf8)]
        all.audiences = [[0x61]]
        all.clients = [Array("web".utf8)]
        all.isBound = true
        all.isAnonymous = false
        all.isVerified = true
        all.contexts = [Array("gold".utf8)]
        all.authenticationMethods = [Array("mfa".utf8)]
        all.maximumAge = .seconds(300)
        var orders = AccessPolicy(name: "orders")
        orders.scopes = [Array("stock:read".utf8)]
        orders.roles = ["stock.view", "admin"].map { Array($0.utf8) }
        #expect(read.policies == [all, AccessPolicy(name: "any"), orders])
        #expect(
            read.challenge
                == Challenge(
                    realm: "api", resourceMetadata: "https://api.example/.well-known/oauth-protected-resource"))
    }

    @Test(arguments: [
        ("policies: { Orders: {} }", "policies.Orders: is not a policy's name"),
        ("policies: { -a: {} }", "policies.-a: is not a policy's name"),
        ("policies: { a_b: {} }", "policies.a_b: is not a policy's name"),
        ("policies: { \(String(repeating: "a", count: 64)): {} }", "is not a policy's name"),
        ("policies: { a: { scope: [b] } }", "policies.a.scope: unknown key, did you mean scopes?"),
        ("policies: { a: { scopes: [] } }", "policies.a.scopes: is empty"),
        ("policies: { a: { scopes: ['a b'] } }", "policies.a.scopes[0]: \"a b\" has a character that no scope has"),
        ("policies: { a: { acr: ['\"'] } }", "policies.a.acr[0]:"),
        ("policies: { a: { scopes: ['a\\b'] } }", "policies.a.scopes[0]:"),
        ("policies: { a: { credentials: [cookie] } }", "policies.a.credentials[0]: \"cookie\" is none of these"),
        ("policies: { a: { max_age: 0s } }", "policies.a.max_age: \"0s\" is out of range"),
        ("policies: { a: { max_age: 1500ms } }", "policies.a.max_age: \"1500ms\" is not whole seconds"),
        ("policies: { a: { verified: yes } }", "policies.a.verified: \"yes\" is neither true nor false"),
        (
            "policies: { a: { scopes: [\((0..<20).map { "s\($0)-\(String(repeating: "x", count: 60))" }.joined(separator: ", "))] } }",
            "policies.a.scopes: makes a challenge of"
        ),
        (
            "challenge: { resource_metadata: 'https://a.example/\(String(repeating: "m", count: 400))' }\npolicies: { a: { scopes: [\((0..<10).map { "s\($0)-\(String(repeating: "x", count: 60))" }.joined(separator: ", "))] } }",
            "policies.a.scopes: makes a challenge of"
        ),
        ("policies: { \((0..<65).map { "p\($0): {}" }.joined(separator: ", ")) }", "policies: has 65 policies"),
        ("challenge: { realm: 'a\"b' }", "challenge.realm: \"a\"b\" has a character"),
        ("challenge: { resource_metadata: 'http://api.example/x' }", "challenge.resource_metadata:"),
    ])
    func `a policy that is wrong is told with its key`(text: String, problem: String) throws {
        let message = #expect(throws: ConfigurationError.self) { try Self.issuer("", besides: text) }
        #expect(message?.problems.count == 1, "\(message?.description ?? "")")
        #expect(message?.problems.first?.line.contains(problem) == true, "\(message?.description ?? "")")
    }
}
