import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// What requests with API tokens are answered, with and without somebody else who takes opaque tokens.
@Suite struct APITokenTests {
    static let secret = "agr_" + String(repeating: "a", count: 43)
    static let next = "agr_" + String(repeating: "b", count: 43)
    static let ended = "agr_" + String(repeating: "c", count: 43)
    /// Made elsewhere, and longer than opaque tokens are.
    static let foreign = "key-" + String(repeating: "d", count: 96)
    static let bearer = "Bearer \(secret)"

    static func digest(_ secret: String) -> SHA256Digest { SHA256Digest(of: Array(secret.utf8).span.bytes) }
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    static func token(
        id: String = "ci", user: String = "robot", roles: [String] = ["stock.view"], scopes: [String] = ["stock:read"],
        secrets: [(String, Timestamp?)] = [(secret, TokenMint.now + .seconds(60)), (ended, TokenMint.now)]
    ) -> APIToken {
        var token = APIToken(
            id: id, userID: bytes(user),
            secrets: secrets.map { APIToken.Secret(digest: digest($0.0), expiresAt: $0.1) })
        token.roles = roles.map(bytes)
        token.scopes = scopes.map(bytes)
        token.isVerified = true
        return token
    }

    static let valid = [
        "HTTP/1.1 200 OK", "x-authgear-session-valid: true", "x-authgear-user-id: robot",
        "x-authgear-user-verified: true", "x-authgear-user-roles: stock.view",
    ]
    private static let unauthorized = [
        "HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Bearer", "x-authgear-session-valid: false",
    ]
    private static let badBearer = [
        "HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Bearer error=\"invalid_token\"",
        "x-authgear-session-valid: false",
    ]

    /// Without a store.
    static func desk(
        _ tokens: [APIToken]? = [token()], policies: [AccessPolicy] = [], compatibility: Compatibility = .spec
    ) -> Desk {
        var desk = Desk(
            issuers: [TokenMint.trustedIssuer()], keys: TokenMint.ring(), sessions: nil, compatibility: compatibility,
            policies: policies, apiTokens: tokens)
        desk.now = TokenMint.now
        return desk
    }

    /// With a store that knows `World.token` and a session.
    private static func storeDesk(_ tokens: [APIToken]? = [token()], asking authgear: AuthgearRules? = nil) -> Desk {
        let later = TokenMint.now + .seconds(60)
        var store = Desk.store(session: Desk.session(createdAt: TokenMint.now, lastAccess: TokenMint.now))
        store[World.accessGrantKey] = World.accessGrant(expireAt: later)
        store[World.grantKey] = World.grant(createdAt: TokenMint.now, lastAccess: TokenMint.now)
        var desk = Desk(
            issuers: [TokenMint.trustedIssuer()], keys: TokenMint.ring(), store: store, asking: authgear,
            apiTokens: tokens)
        desk.now = TokenMint.now
        desk.resolver.trustSessions(until: .max)
        return desk
    }

    @Test func `without a store a listed token is valid, and says what the list says`() {
        var desk = Self.desk()
        for _ in 0..<3 {
            #expect(desk.ask(authorization: Self.bearer) == Self.valid)
            #expect(desk.ask(.require, authorization: "bearer   \(Self.secret)") == Self.valid)
            #expect(desk.ask(apiToken: Self.secret) == Self.valid)
        }
        #expect(desk.refusals == [:])
    }

    @Test func `what the list leaves out has no header`() {
        var token = Self.token(roles: [])
        token.isVerified = nil
        token.isAnonymous = false
        var desk = Self.desk([token], compatibility: .authgear)
        #expect(
            desk.ask(authorization: Self.bearer) == [
                "HTTP/1.1 200 OK", "x-authgear-session-valid: true", "x-authgear-user-id: robot",
                "x-authgear-user-anonymous: false",
            ])
    }

    @Test func `a secret is valid before it expires, one that never ends always, and both of two are`() {
        let (soon, later) = (TokenMint.now + .seconds(1), TokenMint.now + .seconds(2))
        var desk = Self.desk([
            Self.token(secrets: [(Self.secret, soon), (Self.next, later)]),
            Self.token(id: "forever", user: "other", secrets: [(Self.foreign, nil)]),
        ])
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
        #expect(desk.ask(authorization: "Bearer \(Self.next)") == Self.valid)
        desk.now = soon - .microseconds(1)
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
        desk.now = soon
        #expect(desk.ask(authorization: Self.bearer) == Desk.invalid)
        #expect(desk.ask(authorization: "Bearer \(Self.next)") == Self.valid)
        desk.now = later
        #expect(desk.ask(.require, authorization: "Bearer \(Self.next)") == Self.badBearer)
        desk.now = TokenMint.now + .seconds(100 * 365 * 86_400)
        #expect(desk.ask(authorization: "Bearer \(Self.foreign)")[2] == "x-authgear-user-id: other")
        #expect(desk.refusals == ["api_token api_token_expired": 2])
    }

    @Test func `without a store a bearer token that is not listed is invalid, and with no list it is no credential`() {
        var desk = Self.desk()
        for token in ["other", Self.next, Self.secret + "a", String(Self.secret.dropLast())] {
            #expect(desk.ask(authorization: "Bearer \(token)") == Desk.invalid)
            #expect(desk.ask(.require, authorization: "Bearer \(token)") == Self.badBearer)
        }
        #expect(desk.refusals == ["api_token api_token_unknown": 8])
        var empty = Self.desk([])
        #expect(empty.ask(authorization: Self.bearer) == Desk.invalid)
        var off = Self.desk(nil)
        #expect(off.ask(authorization: Self.bearer) == Desk.none)
        #expect(off.ask(apiToken: Self.secret) == Desk.none)
        #expect(off.refusals == [:])
    }

    @Test func `a JWT is never looked up in the list`() {
        let token = "agr_a.b.c"
        var desk = Self.desk([Self.token(secrets: [(token, nil)])])
        #expect(desk.ask(authorization: "Bearer \(token)") == Desk.invalid)
        #expect(desk.refusals == ["token header_not_base64url": 1])
        // In the header for API tokens it is one.
        #expect(desk.ask(apiToken: token) == Self.valid)
    }

    @Test func `no cookie is an API token`() {
        for name in ["app_access_token", "app_session", "session"] {
            var desk = Self.desk([Self.token(secrets: [("a.b", nil), (Self.secret, nil)])])
            #expect(desk.ask(cookies: ["\(name)=\(Self.secret)"]) == Desk.none)
            #expect(desk.ask(cookies: ["\(name)=a.b"]) == Desk.none)
            var store = Self.storeDesk()
            #expect(store.ask(cookies: ["\(name)=\(Self.secret)"]) == Desk.invalid)
        }
    }

    @Test func `what begins as ours is asked of nobody else, wherever it is`() {
        var desk = Self.storeDesk()
        #expect(desk.ask(authorization: "Bearer \(Self.next)") == Desk.invalid)
        #expect(desk.ask(cookies: ["app_access_token=\(Self.next)"]) == Desk.invalid)
        #expect(desk.ask(apiToken: Self.next) == Desk.invalid)
        #expect(desk.asked == [])
        #expect(desk.refusals == ["api_token api_token_unknown": 3])
        // Behind a credential that waits, too.
        #expect(
            desk.ask(authorization: "Bearer other", cookies: ["app_access_token=\(Self.next)"]) == Desk.invalid)
        #expect(desk.asked.count == 1)
        #expect(desk.refusals["api_token api_token_unknown"] == 4)
    }

    @Test func `Authgear's opaque tokens are asked for behind the list, and one that has ended there is final`() {
        var desk = Self.storeDesk([Self.token(), Self.token(id: "b", secrets: [(World.token, TokenMint.now)])])
        #expect(desk.ask(authorization: "Bearer \(World.token)") == Desk.invalid)
        #expect(desk.asked == [])
        #expect(desk.refusals == ["api_token api_token_expired": 1])
        desk.resolver.adopt(APITokenList([Self.token()]))
        #expect(desk.ask(authorization: "Bearer \(World.token)") == Desk.valid)
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
        // What is remembered of Authgear's is not asked for before the list.
        desk.resolver.adopt(APITokenList([Self.token(secrets: [(World.token, nil)])]))
        #expect(desk.ask(authorization: "Bearer \(World.token)") == Self.valid)
    }

    @Test func `the header comes after the bearer token and before the cookies, also when the token waits`() {
        var desk = Self.storeDesk()
        let cookies = ["session=\(Desk.cookie)"]
        #expect(desk.ask(authorization: "Bearer \(World.token)", apiToken: Self.secret) == Desk.valid)
        #expect(desk.ask(authorization: "Bearer unknown", apiToken: Self.secret, cookies: cookies) == Self.valid)
        #expect(desk.ask(authorization: "Basic Og==", apiToken: Self.secret, cookies: cookies) == Self.valid)
        #expect(desk.ask(authorization: "Bearer unknown", apiToken: "b", cookies: cookies) == Desk.valid)
        #expect(desk.ask(apiToken: "b", cookies: cookies) == Desk.valid)
        #expect(desk.refusals["api_token api_token_unknown"] == 2)
    }

    @Test func `one in the header alone is challenged without an error, and one beside a bearer token with it`() {
        var desk = Self.desk()
        #expect(desk.ask(.require, apiToken: Self.ended) == Self.unauthorized)
        #expect(desk.ask(.require, authorization: "Bearer x", apiToken: Self.ended) == Self.badBearer)
        #expect(desk.refusals == ["api_token api_token_expired": 2, "api_token api_token_unknown": 1])
    }

    @Test func `a header's value may have 512 bytes, and spaces`() {
        let value = "ApiKey " + String(repeating: "a", count: 505)
        var desk = Self.desk([Self.token(secrets: [(value, nil)])])
        #expect(desk.ask(apiToken: value) == Self.valid)
    }

    @Test func `access policies judge API tokens as all credentials`() {
        func policy(_ name: String, _ change: (inout AccessPolicy) -> Void) -> AccessPolicy {
            var policy = AccessPolicy(name: name)
            change(&policy)
            return policy
        }
        var desk = Self.desk(policies: [
            policy("good") {
                ($0.credentials, $0.scopes, $0.roles, $0.isVerified) =
                    ([.apiToken], [Self.bytes("stock:read")], [Self.bytes("stock.view")], true)
            },
            policy("age") { $0.maximumAge = .seconds(60) }, policy("amr") { $0.authenticationMethods = [[0x61]] },
            policy("scope") { $0.scopes = [Self.bytes("stock:write")] }, policy("kind") { $0.credentials = [.token] },
            policy("anonymous") { $0.isAnonymous = false }, policy("client") { $0.clients = [Self.bytes("ci")] },
        ])
        for _ in 0..<2 {
            #expect(desk.ask(policy: "good", apiToken: Self.secret) == Self.valid + ["x-authgear-allowed: true"])
            for (name, reason) in [
                ("age", "max_age"), ("amr", "amr"), ("scope", "scope"), ("kind", "credential"),
                ("anonymous", "anonymous"), ("client", "client"),
            ] {
                #expect(
                    desk.ask(policy: name, authorization: Self.bearer)
                        == Self.valid + ["x-authgear-allowed: false", "x-authgear-refused: \(reason)"])
            }
        }
        #expect(
            desk.ask(.require, policy: "scope", authorization: Self.bearer) == [
                "HTTP/1.1 403 Forbidden",
                #"WWW-Authenticate: Bearer error="insufficient_scope", scope="stock:write""#,
                "x-authgear-refused: scope",
            ])
        #expect(
            desk.ask(.require, policy: "scope", apiToken: Self.secret)
                == ["HTTP/1.1 403 Forbidden", "x-authgear-refused: scope"])
    }

    @Test func `a list ends what the one before it had`() {
        var desk = Self.desk()
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
        desk.resolver.adopt(APITokenList([Self.token(user: "robot-2")]))
        #expect(desk.ask(authorization: Self.bearer)[2] == "x-authgear-user-id: robot-2")
        desk.resolver.adopt(APITokenList([Self.token(secrets: [(Self.next, nil)])]))
        #expect(desk.ask(authorization: Self.bearer) == Desk.invalid)
        #expect(desk.ask(authorization: "Bearer \(Self.next)") == Self.valid)
        desk.resolver.adopt(nil as APITokenList?)
        #expect(desk.ask(authorization: "Bearer \(Self.next)") == Desk.none)
    }

    @Test func `at a reload the list and the policies change together`() {
        var desk = Self.desk()
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
        var settings = desk.settings
        var policy = AccessPolicy(name: "p")
        policy.credentials = [.session]
        settings.accessPolicies = [policy]
        desk.resolver.adopt(settings)
        #expect(
            desk.ask(policy: "p", authorization: Self.bearer)
                == Self.valid + ["x-authgear-allowed: false", "x-authgear-refused: credential"])
        settings.apiTokens = APITokenList([Self.token(user: "robot-2")])
        desk.resolver.adopt(settings)
        #expect(desk.ask(authorization: Self.bearer)[2] == "x-authgear-user-id: robot-2")
        settings.apiTokens = nil
        desk.resolver.adopt(settings)
        #expect(desk.ask(authorization: Self.bearer) == Desk.none)
    }

    @Test func `an answer that is too long is unknown, and not remembered`() {
        var desk = Self.desk([Self.token(roles: (0..<900).map { "role-\($0)-of-many" })])
        for _ in 0..<2 { #expect(desk.ask(authorization: Self.bearer)[0] == "HTTP/1.1 503 Service Unavailable") }
        var settings = desk.settings
        settings.format.maximumValueLength = 20 << 10
        desk.resolver.adopt(settings)
        #expect(desk.ask(authorization: Self.bearer)[0] == "HTTP/1.1 200 OK")
    }

    @Test func `Authgear, when it is asked to compare, sees no API token`() {
        var rules = AuthgearRules()
        rules.shadowShare = 1
        var desk = Self.storeDesk(asking: rules)
        let cookies = ["session=\(Desk.cookie)"]
        _ = desk.ask(authorization: Self.bearer, cookies: cookies)
        _ = desk.ask(authorization: "Bearer \(Self.next)", cookies: cookies)
        _ = desk.ask(apiToken: Self.secret, cookies: cookies)
        #expect(desk.resolver.takeBackgroundQuestions().filter { $0.purpose == .shadow }.isEmpty)
        _ = desk.ask(cookies: cookies)
        #expect(desk.resolver.takeBackgroundQuestions().filter { $0.purpose == .shadow }.count == 1)
    }

    @Test func `each of many tokens is found, and no other`() {
        let secrets = (0..<20_000).map { "key-\($0)" }
        var desk = Self.desk(
            secrets.enumerated().map { Self.token(id: $1, user: "u\($0)", secrets: [($1, nil)]) })
        for number in stride(from: 0, to: secrets.count, by: 97) {
            #expect(desk.ask(apiToken: secrets[number])[2] == "x-authgear-user-id: u\(number)")
            #expect(desk.ask(apiToken: "key-\(secrets.count + number)") == Desk.invalid)
        }
    }
}
