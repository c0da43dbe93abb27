import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// What answers assert to backends of who is calling (contract section 20).
@Suite struct AssertionTests {
    static let issuer = "https://gw.example"
    static let name = "x-authgear-assertion"
    static let user = "https://authgear.com/claims/user"

    static func signer(
        _ algorithm: Algorithm = .edDSA, header: String = name, audiences: [String] = ["stock"],
        lifetime: Duration = .seconds(300)
    ) -> AssertionSigner {
        AssertionSigner(
            header: header, key: TestKeys.key(algorithm), issuer: issuer, audiences: audiences, lifetime: lifetime)
    }

    /// A desk that asserts, at the time at which tokens and sessions are right.
    static func desk(
        _ signer: AssertionSigner = signer(), policies: [AccessPolicy] = [], sessionScopes: [String] = [],
        sessionCheck: TrustedIssuer.SessionCheck = .none
    ) -> Desk {
        let later = TokenMint.now + .seconds(60)
        var store = Desk.store(session: Desk.session(createdAt: TokenMint.now, lastAccess: TokenMint.now))
        store[World.accessGrantKey] = World.accessGrant(expireAt: later, scopes: #"["openid","full"]"#)
        store[World.appSessionKey] = World.appSession(expireAt: TokenMint.now + .seconds(40))
        store[World.grantKey] = World.grant(createdAt: TokenMint.now, lastAccess: TokenMint.now, client: "app")
        let user = TokenMint.subject
        let hash = TokenMint.grantHash
        store["app:my-project:access-grant:\(hash)"] = World.accessGrant(id: "token", expireAt: later)
        store["app:my-project:offline-grant:token"] = World.grant(
            user: user, createdAt: TokenMint.now, lastAccess: TokenMint.now)
        store["app:my-project:userinfo:\(user):__greatest__"] = Desk.user()
        var desk = Desk(
            issuers: [TokenMint.trustedIssuer(sessionCheck: sessionCheck)], keys: TokenMint.ring(), store: store,
            policies: policies, sessionScopes: sessionScopes, apiTokens: [APITokenTests.token()],
            introspectors: [IntrospectionTests.introspector(prefix: "opaque")], assertion: signer)
        desk.endpoint["opaque-1"] = .success(
            #"{"active":true,"sub":"u1","aud":"api","scope":"read","client_id":"web","acr":"gold","exp":1800000100}"#)
        desk.endpoint["opaque-2"] = .success(#"{"active":true,"sub":"ü","aud":"api","acr":["a","b"],"exp":1800000100}"#)
        desk.now = TokenMint.now
        desk.resolver.trustSessions(until: .max)
        return desk
    }

    /// The token in an answer; nil when there is none.
    static func token(in lines: [String], named name: String = name) -> String? {
        lines.first { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) }
    }

    /// The texts of a token's header and payload.
    static func parts(of token: String?) -> (header: String, payload: String) {
        let parts = (token ?? "").split(separator: ".", omittingEmptySubsequences: false).prefix(2).map { part in
            String(decoding: Base64URL.decode(Array(part.utf8).span.bytes) ?? [], as: UTF8.self)
        }
        return parts.count == 2 ? (parts[0], parts[1]) : ("", "")
    }

    static let bearer = ResolverTokenTests.bearer(TokenMint().token)

    @Test(arguments: [Algorithm.es256, .edDSA], Endpoint.allCases)
    func `a valid answer has a JWT behind it that says what its headers say`(algorithm: Algorithm, endpoint: Endpoint) {
        var desk = Self.desk(Self.signer(algorithm, audiences: ["stock", "a \"b\"\n"]))
        let lines = desk.ask(endpoint, authorization: Self.bearer)
        #expect(Array(lines.dropLast()) == ResolverTokenTests.valid)
        let (header, payload) = Self.parts(of: lines.last.flatMap { Self.token(in: [$0]) })
        let kid = TestKeys.key(algorithm).kid ?? ""
        #expect(header == #"{"alg":"\#(algorithm.name)","typ":"JWT","kid":"\#(kid)"}"#)
        #expect(
            payload
                == #"{"iss":"https://gw.example","aud":["stock","a \"b\"\u000a"],"sub":"\#(TokenMint.subject)""#
                + #","\#(Self.user)/is_anonymous":false,"\#(Self.user)/is_verified":true"#
                + #","\#(Self.user)/can_reauthenticate":true,"\#(Self.user)/roles":["stock.view","stock.edit"]"#
                + #","amr":["pwd","mfa"],"auth_time":1799998000,"client_id":"gateway""#
                + #","iat":1800000000,"exp":1800000300}"#)
    }

    /// A credential, and what its assertion states of it beside whom it is from and for.
    struct Kind: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var authorization: String?
        var cookies: [String] = []
        var sessionCheck = TrustedIssuer.SessionCheck.none
        var claims: String
    }

    private static let described =
        #","\#(user)/is_anonymous":false,"\#(user)/is_verified":true,"\#(user)/can_reauthenticate":true"#
        + #","\#(user)/roles":["stock.view"],"amr":["pwd"],"auth_time":1795000000"#

    static let kinds = [
        Kind(
            testDescription: "a session", cookies: ["session=\(Desk.cookie)"],
            claims: #""sub":"e307"\#(described),"scope":"s t","iat":1800000000,"exp":1800000300"#),
        Kind(
            testDescription: "an app session, which ends sooner", cookies: ["app_session=\(World.appSession)"],
            claims: #""sub":"e307"\#(described),"scope":"s t","iat":1800000000,"exp":1800000040"#),
        Kind(
            testDescription: "an opaque token of Authgear's", authorization: "Bearer \(World.token)",
            claims: #""sub":"e307"\#(described),"scope":"openid full","client_id":"app""#
                + #","iat":1800000000,"exp":1800000060"#),
        Kind(
            testDescription: "a JWT that ends with its session", authorization: bearer, sessionCheck: .grant,
            claims: #""sub":"\#(TokenMint.subject)"\#(described),"client_id":"gateway""#
                + #","iat":1800000000,"exp":1800000060"#),
        Kind(
            testDescription: "an API token", authorization: APITokenTests.bearer,
            claims: #""sub":"robot","\#(user)/is_verified":true,"\#(user)/roles":["stock.view"]"#
                + #","scope":"stock:read","iat":1800000000,"exp":1800000060"#),
        Kind(
            testDescription: "an introspected token", authorization: "Bearer opaque-1",
            claims: #""sub":"u1","scope":"read","client_id":"web","acr":"gold","iat":1800000000,"exp":1800000100"#),
    ]

    @Test(arguments: kinds) func `each kind of credential is asserted as it states itself`(kind: Kind) {
        var desk = Self.desk(sessionScopes: ["s", "t"], sessionCheck: kind.sessionCheck)
        for _ in 0..<2 {
            let lines = desk.ask(authorization: kind.authorization, cookies: kind.cookies)
            let payload = Self.parts(of: Self.token(in: lines)).payload
            #expect(payload == #"{"iss":"https://gw.example","aud":["stock"],\#(kind.claims)}"#)
        }
    }

    @Test(arguments: [Algorithm.es256, .edDSA])
    func `a resolver that trusts the assertion gives the headers that it stands behind`(algorithm: Algorithm) throws {
        var desk = Self.desk(Self.signer(algorithm))
        let token = try #require(Self.token(in: desk.ask(authorization: Self.bearer)))
        let issuer = TrustedIssuer(
            identifier: Self.issuer, audiences: ["stock"], algorithms: AlgorithmSet([algorithm]), leeway: .zero,
            claims: ClaimMapping(ClaimProfile.authgear.places))
        var backend = Desk(issuers: [issuer], keys: TokenMint.ring([TestKeys.key(algorithm)]), sessions: nil)
        backend.now = TokenMint.now
        #expect(backend.ask(authorization: "Bearer \(token)") == ResolverTokenTests.valid)
        backend.now = TokenMint.now + .seconds(300)
        #expect(backend.ask(authorization: "Bearer \(token)") == Desk.invalid)
        let torn = token.dropLast() + (token.hasSuffix("A") ? "B" : "A")
        #expect(backend.ask(authorization: "Bearer \(torn)") == Desk.invalid)
    }

    @Test func `it is signed once, and anew at the first request after half of its life`() {
        var desk = Self.desk()
        func token(_ desk: inout Desk, after seconds: Int64) -> String? {
            desk.now = TokenMint.now + .seconds(seconds)
            return Self.token(in: desk.ask(authorization: Self.bearer))
        }
        let first = token(&desk, after: 0)
        let signatures = desk.resolver.signatures
        #expect(token(&desk, after: 1) == first && token(&desk, after: 149) == first)
        #expect(desk.resolver.signatures == signatures)
        let second = token(&desk, after: 150)
        #expect(Self.parts(of: second).payload.hasSuffix(#""iat":1800000150,"exp":1800000450}"#))
        #expect(desk.resolver.signatures == signatures + 1)
        #expect(token(&desk, after: 299) == second)
        #expect(Self.parts(of: token(&desk, after: 301)).payload.hasSuffix(#""iat":1800000301,"exp":1800000601}"#))
        #expect(desk.resolver.tokenCacheFigures.hits == 5)
    }

    @Test func `one that a clock signed which was set back is signed anew`() {
        var desk = Self.desk()
        _ = desk.ask(authorization: Self.bearer)
        desk.setClock(by: .seconds(-20))
        let payload = Self.parts(of: Self.token(in: desk.ask(authorization: Self.bearer))).payload
        #expect(payload.hasSuffix(#""iat":1799999980,"exp":1800000280}"#))
    }

    @Test func `none is given beyond its end, and none is over when it is made`() throws {
        var desk = Self.desk(Self.signer(lifetime: .seconds(1)))
        var ends: Set<Int64> = []
        for tenths in 0..<40 {
            desk.now = TokenMint.now + .milliseconds(100 * tenths + 50)
            let payload = Self.parts(of: Self.token(in: desk.ask(authorization: Self.bearer))).payload
            let end = try #require(Int64(payload.split(separator: ":").last?.dropLast() ?? ""))
            #expect(Timestamp(seconds: end) > desk.now)
            ends.insert(end)
        }
        #expect(ends.count == 4)
    }

    @Test func `what is no scope is no part of it`() {
        var places = ClaimPlaces()
        places.scopes = ClaimPlace("scp")
        var mint = TokenMint()
        mint.claims["scp"] = #"["read","reports admin","a\"b","a\\b","ü",""]"#
        var trusted = TokenMint.trustedIssuer()
        trusted.claims = ClaimMapping(places)
        var desk = Desk(issuers: [trusted], keys: TokenMint.ring(), sessions: nil, assertion: Self.signer())
        desk.now = TokenMint.now
        let payload = Self.parts(of: Self.token(in: desk.ask(authorization: ResolverTokenTests.bearer(mint.token))))
            .payload
        #expect(payload.contains(#","scope":"read","#))
    }

    /// A token's end, when it is asked about, and the assertion's end.
    @Test(arguments: [
        ("1800000800", 0, 1_800_000_300), ("1800000300", 0, 1_800_000_300), ("1800000299", 0, 1_800_000_299),
        ("1800000002", 0, 1_800_000_002), ("1800000000.5", 0, 1_800_000_001),
        // Within the issuer's leeway, to whose end it is good.
        ("1799999995", 0, 1_800_000_005), ("1800000005", 6, 1_800_000_015),
    ])
    func `it ends with its token, if that comes first`(expiry: String, asked: Int64, end: Int) {
        var mint = TokenMint()
        mint.claims["exp"] = expiry
        var desk = Self.desk()
        desk.now = TokenMint.now + .seconds(asked)
        let payload = Self.parts(of: Self.token(in: desk.ask(authorization: ResolverTokenTests.bearer(mint.token))))
            .payload
        #expect(payload.hasSuffix(#","exp":\#(end)}"#))
    }

    @Test func `a token that is remembered beyond what it states gets one to the end of its leeway`() {
        var mint = TokenMint()
        mint.claims["exp"] = "1800000003"
        var desk = Self.desk()
        let ends = [0, 2, 3, 4, 12].map { seconds in
            desk.now = TokenMint.now + .seconds(seconds)
            let lines = desk.ask(authorization: ResolverTokenTests.bearer(mint.token))
            return Self.parts(of: Self.token(in: lines)).payload.suffix(11).dropLast()
        }
        #expect(ends == ["1800000003", "1800000003", "1800000013", "1800000013", "1800000013"])
    }

    @Test func `two secrets of an API token end each with itself`() {
        var desk = Self.desk()
        var settings = desk.settings
        settings.apiTokens = APITokenList([
            APITokenTests.token(secrets: [
                (APITokenTests.secret, TokenMint.now + .seconds(60)), (APITokenTests.next, nil),
            ])
        ])
        desk.resolver.adopt(settings)
        let ends = [APITokenTests.secret, APITokenTests.next, APITokenTests.secret].map { secret in
            Self.parts(of: Self.token(in: desk.ask(authorization: "Bearer \(secret)"))).payload.suffix(11).dropLast()
        }
        #expect(ends == ["1800000060", "1800000300", "1800000060"])
    }

    @Test func `without a valid credential there is none`() {
        var desk = Self.desk()
        let forged = ResolverTokenTests.bearer(ResolverTokenTests.forged())
        for endpoint in Endpoint.allCases {
            #expect(Self.token(in: desk.ask(endpoint)) == nil)
            #expect(Self.token(in: desk.ask(endpoint, authorization: forged)) == nil)
            #expect(Self.token(in: desk.ask(endpoint, authorization: "Bearer opaque-3")) == nil)
        }
        desk.endpoint["opaque-4"] = .failure(.unreachable)
        #expect(desk.ask(authorization: "Bearer opaque-4") == Desk.unknown(.askUnreachable))
    }

    @Test func `whom a policy turns away is asserted to nobody, and who is told of is with his identity`() {
        var policy = AccessPolicy(name: "p")
        policy.isVerified = false
        var desk = Self.desk(policies: [AccessPolicy(name: "open"), policy])
        for _ in 0..<2 {
            for endpoint in Endpoint.allCases {
                let lines = desk.ask(endpoint, policy: "open", authorization: Self.bearer)
                #expect(Self.token(in: lines) != nil)
                #expect(lines.contains("x-authgear-allowed: true") == (endpoint == .resolve))
            }
            #expect(
                desk.ask(.require, policy: "p", authorization: Self.bearer) == [
                    "HTTP/1.1 403 Forbidden", #"WWW-Authenticate: Bearer error="insufficient_scope""#,
                    "x-authgear-refused: verified",
                ])
            let told = desk.ask(.resolve, policy: "p", authorization: Self.bearer)
            #expect(told.contains("x-authgear-allowed: false") && told.contains("x-authgear-session-valid: true"))
            #expect(Self.token(in: told) != nil)
        }
    }

    @Test(arguments: kinds) func `one that can't be signed makes the outcome unknown, and is tried again`(
        kind: Kind
    ) throws {
        // Too small for the hash.
        let key = try SigningKey(generating: .rs512, kid: "small", rsaBits: 512)
        let broken = AssertionSigner(
            header: Self.name, key: key, issuer: Self.issuer, audiences: ["stock"], lifetime: .seconds(300))
        var desk = Self.desk(broken, policies: [AccessPolicy(name: "open")], sessionCheck: kind.sessionCheck)
        for endpoint in Endpoint.allCases {
            for policy in [nil, "open", "open"] {
                let before = desk.resolver.signatures
                #expect(
                    desk.ask(endpoint, policy: policy, authorization: kind.authorization, cookies: kind.cookies)
                        == Desk.unknown(.assertionUnsigned))
                #expect(desk.resolver.signatures > before)
            }
        }
        #expect(desk.resolver.tally.unknowns[Int(UnknownReason.assertionUnsigned.rawValue)] == 6)
        var settings = desk.settings
        settings.assertion = Self.signer()
        desk.resolver.adopt(settings)
        let lines = desk.ask(authorization: kind.authorization, cookies: kind.cookies)
        #expect(Self.token(in: lines) != nil)
    }

    @Test func `another header takes it as well`() {
        var desk = Self.desk(Self.signer(header: "x-who"))
        let lines = desk.ask(authorization: Self.bearer)
        #expect(Self.token(in: lines, named: "x-who") != nil && Self.token(in: lines) == nil)
    }
}
