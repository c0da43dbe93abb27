import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// What an access policy makes of a valid credential.
@Suite struct AccessPolicyTests {
    static let token = ResolverTokenTests.bearer(mint.token)
    static let cookie = "session=\(Desk.cookie)"
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// Of `stock`, read and written for the client `gateway`.
    private static var mint: TokenMint {
        var mint = TokenMint(.edDSA)
        mint.claims["scope"] = #""stock:read stock:write""#
        mint.claims["acr"] = #""silver""#
        return mint
    }

    private static func policy(_ change: (inout AccessPolicy) -> Void) -> AccessPolicy {
        var policy = AccessPolicy(name: "p")
        change(&policy)
        return policy
    }

    private static func desk(_ policy: AccessPolicy, sessionScopes: [String] = []) -> Desk {
        let session = Desk.session(createdAt: TokenMint.now - .seconds(3_600), lastAccess: TokenMint.now)
        var desk = Desk(
            issuers: [TokenMint.trustedIssuer()], keys: TokenMint.ring([TestKeys.key(.edDSA)]),
            store: Desk.store(session: session), policies: [policy], sessionScopes: sessionScopes)
        desk.now = TokenMint.now
        desk.resolver.trustSessions(until: .max)
        return desk
    }

    /// A condition that holds for the token, one that does not, and what the second is called.
    struct Condition: CustomTestStringConvertible, Sendable {
        let reason: String
        let status: String
        let challenge: String
        let holding: AccessPolicy
        let failing: AccessPolicy
        var testDescription: String { reason }

        init(
            _ reason: String, _ status: String, _ challenge: String, holding: (inout AccessPolicy) -> Void,
            failing: (inout AccessPolicy) -> Void
        ) {
            (self.reason, self.status, self.challenge) = (reason, status, challenge)
            (self.holding, self.failing) = (policy(holding), policy(failing))
        }
    }

    static let unauthorized = "HTTP/1.1 401 Unauthorized"
    static let forbidden = "HTTP/1.1 403 Forbidden"
    static let conditions = [
        Condition(
            "credential", unauthorized, #"error="invalid_token""#, holding: { $0.credentials = [.token, .session] },
            failing: { $0.credentials = [.session, .apiToken] }),
        Condition(
            "issuer", unauthorized, #"error="invalid_token""#,
            holding: { $0.issuers = [bytes("x"), bytes(TokenMint.issuer)] },
            failing: { $0.issuers = [bytes(TokenMint.issuer + "/")] }),
        Condition(
            "audience", unauthorized, #"error="invalid_token""#,
            holding: { $0.audiences = [bytes("x"), bytes(TokenMint.audience)] },
            failing: { $0.audiences = [bytes("https://second.example")] }),
        Condition(
            "client", unauthorized, #"error="invalid_token""#, holding: { $0.clients = [bytes("gateway")] },
            failing: { $0.clients = [bytes("Gateway")] }),
        Condition(
            "anonymous", forbidden, #"error="insufficient_scope""#, holding: { $0.isAnonymous = false },
            failing: { $0.isAnonymous = true }),
        Condition(
            "verified", forbidden, #"error="insufficient_scope""#, holding: { $0.isVerified = true },
            failing: { $0.isVerified = false }),
        Condition(
            "scope", forbidden, #"error="insufficient_scope", scope="stock:read stock:admin""#,
            holding: { $0.scopes = [bytes("stock:write"), bytes("stock:read")] },
            failing: { $0.scopes = [bytes("stock:read"), bytes("stock:admin")] }),
        Condition(
            "role", forbidden, #"error="insufficient_scope""#,
            holding: { $0.roles = [bytes("admin"), bytes("stock.edit")] },
            failing: { $0.roles = [bytes("admin")] }),
        Condition(
            "acr", unauthorized, #"error="insufficient_user_authentication", acr_values="gold platinum""#,
            holding: { $0.contexts = [bytes("gold"), bytes("silver")] },
            failing: { $0.contexts = [bytes("gold"), bytes("platinum")] }),
        Condition(
            "amr", unauthorized, #"error="insufficient_user_authentication""#,
            holding: { $0.authenticationMethods = [bytes("mfa"), bytes("pwd")] },
            failing: { $0.authenticationMethods = [bytes("mfa"), bytes("hwk")] }),
        Condition(
            "max_age", unauthorized, #"error="insufficient_user_authentication", max_age="1999""#,
            holding: { $0.maximumAge = .seconds(2000) }, failing: { $0.maximumAge = .seconds(1999) }),
    ]

    @Test(arguments: conditions) func `a condition that holds lets in, also from memory`(_ condition: Condition) {
        var desk = Self.desk(condition.holding)
        for _ in 0..<2 {
            #expect(desk.ask(.require, policy: "p", authorization: Self.token) == ResolverTokenTests.valid)
            let told = desk.ask(.resolve, policy: "p", authorization: Self.token)
            #expect(told == ResolverTokenTests.valid + ["x-authgear-allowed: true"])
        }
    }

    @Test(arguments: conditions) func `a condition that does not hold turns away, also from memory`(
        _ condition: Condition
    ) {
        var desk = Self.desk(condition.failing)
        for _ in 0..<2 {
            #expect(
                desk.ask(.require, policy: "p", authorization: Self.token) == [
                    condition.status, "WWW-Authenticate: Bearer \(condition.challenge)",
                    "x-authgear-refused: \(condition.reason)",
                ])
            let told = desk.ask(.resolve, policy: "p", authorization: Self.token)
            #expect(
                told == ResolverTokenTests.valid + [
                    "x-authgear-allowed: false", "x-authgear-refused: \(condition.reason)",
                ])
            // Who asks about no policy is not judged.
            #expect(desk.ask(.require, authorization: Self.token) == ResolverTokenTests.valid)
        }
    }

    @Test func `of any two conditions that fail the earlier one is the reason`() {
        for (index, earlier) in Self.conditions.enumerated() {
            for later in Self.conditions[(index + 1)...] {
                var policy = later.failing
                merge(earlier.failing, into: &policy)
                var desk = Self.desk(policy)
                let answer = desk.ask(.require, policy: "p", authorization: Self.token)
                #expect(answer.last == "x-authgear-refused: \(earlier.reason)", "before \(later.reason)")
            }
        }
    }

    private func merge(_ policy: AccessPolicy, into other: inout AccessPolicy) {
        other.credentials = policy.credentials ?? other.credentials
        other.issuers = policy.issuers ?? other.issuers
        other.audiences = policy.audiences ?? other.audiences
        other.clients = policy.clients ?? other.clients
        other.isAnonymous = policy.isAnonymous ?? other.isAnonymous
        other.isVerified = policy.isVerified ?? other.isVerified
        if !policy.scopes.isEmpty { other.scopes = policy.scopes }
        other.roles = policy.roles ?? other.roles
        other.contexts = policy.contexts ?? other.contexts
        if !policy.authenticationMethods.isEmpty { other.authenticationMethods = policy.authenticationMethods }
    }

    @Test func `what a token does not state does not hold`() {
        var mint = TokenMint(.edDSA)
        mint.claims.members.removeAll { !["iss", "aud", "sub", "exp"].contains($0.name) }
        let stated: Set = ["credential", "issuer", "audience"]
        for condition in Self.conditions where !stated.contains(condition.reason) {
            var desk = Self.desk(condition.holding)
            let answer = desk.ask(.require, policy: "p", authorization: ResolverTokenTests.bearer(mint.token))
            #expect(answer.last == "x-authgear-refused: \(condition.reason)")
        }
    }

    @Test func `a bound token is asked for, and nobody can prove one yet`() {
        var desk = Self.desk(Self.policy { $0.isBound = true })
        #expect(desk.ask(.require, policy: "p", authorization: Self.token).last == "x-authgear-refused: bound")
    }

    @Test func `an age grows while the answer is remembered`() {
        var desk = Self.desk(Self.policy { $0.maximumAge = .seconds(2_100) })
        #expect(desk.ask(.require, policy: "p", authorization: Self.token) == ResolverTokenTests.valid)
        desk.now = TokenMint.now + .seconds(100)
        #expect(desk.ask(.require, policy: "p", authorization: Self.token) == ResolverTokenTests.valid)
        desk.now = TokenMint.now + .seconds(101)
        #expect(desk.ask(.require, policy: "p", authorization: Self.token).last == "x-authgear-refused: max_age")
    }

    @Test func `a session has the scopes of all sessions, and no token's facts`() {
        var desk = Self.desk(Self.policy { $0.scopes = [Array("shop".utf8)] }, sessionScopes: ["shop"])
        #expect(desk.ask(.require, policy: "p", cookies: [Self.cookie]) == Desk.valid)
        desk = Self.desk(Self.policy { $0.scopes = [Array("shop".utf8)] })
        // Nobody presented a token, so there is no challenge to say which scope it lacks.
        #expect(
            desk.ask(.require, policy: "p", cookies: [Self.cookie]) == [Self.forbidden, "x-authgear-refused: scope"])
        #expect(
            desk.ask(
                .require, policy: "p", authorization: ResolverTokenTests.bearer(ResolverTokenTests.expired()),
                cookies: [Self.cookie])
                == [
                    Self.forbidden, #"WWW-Authenticate: Bearer error="insufficient_scope", scope="shop""#,
                    "x-authgear-refused: scope",
                ])
        desk = Self.desk(Self.policy { $0.issuers = [Array(TokenMint.issuer.utf8)] })
        #expect(desk.ask(.require, policy: "p", cookies: [Self.cookie]).last == "x-authgear-refused: issuer")
    }

    @Test(arguments: [(nil, "c1"), ("c2", "c2")])
    func `an opaque token has its access grant's scopes, and the client of its refresh token`(
        own: String?, client: String
    ) {
        let policies = [
            Self.policy { $0.scopes = [Array("stock".utf8)] }, Self.policy { $0.clients = [Array(client.utf8)] },
            Self.policy { $0.issuers = [Array(TokenMint.issuer.utf8)] },
        ]
        let answers = policies.map { policy in
            var store = World().store
            store["app:my-project:access-grant:\(World.token.sha256)"] = World.accessGrant(
                scopes: #"["openid","stock"]"#)
            store[World.grantKey] = World.grant(client: own)
            var desk = Desk(store: store, policies: [policy])
            return desk.ask(.require, policy: "p", authorization: "Bearer \(World.token)")
        }
        #expect(answers[0] == Desk.valid && answers[1] == Desk.valid)
        #expect(answers[2].last == "x-authgear-refused: issuer")
    }

    @Test func `the first valid credential is judged, and no other is tried in its place`() {
        var desk = Self.desk(Self.policy { $0.credentials = [.session] })
        let answer = desk.ask(.require, policy: "p", authorization: Self.token, cookies: [Self.cookie])
        #expect(answer.last == "x-authgear-refused: credential")
    }

    @Test(arguments: Endpoint.allCases) func `strangers and what is invalid are answered as without a policy`(
        endpoint: Endpoint
    ) {
        var desk = Self.desk(Self.policy { $0.isVerified = true })
        let expired = ResolverTokenTests.bearer(ResolverTokenTests.expired())
        #expect(desk.ask(endpoint, policy: "p") == desk.ask(endpoint))
        #expect(desk.ask(endpoint, policy: "p", authorization: expired) == desk.ask(endpoint, authorization: expired))
        desk.store[Desk.sessionKey] = .unavailable(.timedOut)
        #expect(desk.ask(endpoint, policy: "p", cookies: [Self.cookie]) == desk.ask(endpoint, cookies: [Self.cookie]))
    }

    @Test func `each verdict is counted under its policy`() {
        var desk = Self.desk(Self.policy { $0.roles = [Array("stock.view".utf8)] })
        _ = desk.ask(.require, policy: "p", authorization: Self.token)
        _ = desk.ask(.resolve, policy: "p", authorization: Self.token)
        desk.store[Desk.userKey] = Desk.user(roles: [])
        _ = desk.ask(.require, policy: "p", cookies: [Self.cookie])
        _ = desk.ask(.require, policy: "p")
        var counts: [String: Int] = [:]
        desk.resolver.tally.forEachPolicy { policy, reason, count in
            if count > 0 { counts["\(policy) \(reason)"] = count }
        }
        #expect(counts == ["p allowed": 2, "p role": 1])
    }

    @Test func `a challenge states its realm first and where the metadata is last`() {
        let challenge = Challenge(realm: "api", resourceMetadata: "https://api.example.com/.well-known/x")
        #expect(
            challenge.bearer()
                == #"Bearer realm="api", resource_metadata="https://api.example.com/.well-known/x""#)
        let policy = Self.policy { $0.scopes = [Array("a".utf8)] }
        #expect(
            challenge.bearer(Challenge.Error(.scope, of: policy))
                == #"Bearer realm="api", error="insufficient_scope", scope="a", resource_metadata="https://api.example.com/.well-known/x""#
        )
    }

    @Test(arguments: [("session=\(Desk.cookie)", PresentedKind.session), ("app_access_token=\(World.token)", .token)])
    func `an answer of Authgear's own that was renewed is judged as the one before`(cookie: String, kind: PresentedKind)
    {
        var verified = AccessPolicy(name: "verified")
        verified.isVerified = true
        verified.credentials = [kind]
        var desk = Desk(
            sessions: nil, asking: AuthgearRules(isStore: true, maximumAge: .seconds(10)), policies: [verified])
        var claims = IdentityClaims()
        claims.isVerified = true
        let identity = Identity(userID: Array("e307".utf8), claims: claims, authenticatedAt: nil)
        desk.authgear = .valid(identity)
        let allowed = desk.ask(.require, policy: "verified", cookies: [cookie])
        #expect(allowed.contains("x-authgear-user-id: e307"))
        desk.now = desk.now + .seconds(9)
        #expect(desk.ask(.require, policy: "verified", cookies: [cookie]) == allowed)
        let renewals = desk.resolver.takeBackgroundQuestions()
        #expect(renewals.count == 1)
        for asked in renewals { desk.resolver.conclude(asked, with: .valid(identity), now: desk.moment) }
        desk.now = desk.now + .seconds(5)
        #expect(desk.ask(.require, policy: "verified", cookies: [cookie]) == allowed)
        #expect(desk.questions.count == 1)
    }

    @Test func `a token that ends with its session keeps what it says itself, whoever is asked`() {
        let policies = [
            Self.policy { $0.issuers = [Array(TokenMint.issuer.utf8)] },
            Self.policy { $0.scopes = [Array("stock:read".utf8)] },
            Self.policy { $0.clients = [Array("gateway".utf8)] },
        ]
        for policy in policies {
            var desk = Desk(
                issuers: [TokenMint.trustedIssuer(sessionCheck: .grant)], keys: TokenMint.ring([TestKeys.key(.edDSA)]),
                sessions: nil, asking: AuthgearRules(isStore: true), policies: [policy])
            desk.now = TokenMint.now
            desk.authgear = .valid(
                Identity(userID: Array(TokenMint.subject.utf8), claims: IdentityClaims(), authenticatedAt: nil))
            let answer = desk.ask(.require, policy: "p", authorization: Self.token)
            #expect(answer.contains("x-authgear-user-id: \(TokenMint.subject)"), "\(answer)")
        }
    }
}
