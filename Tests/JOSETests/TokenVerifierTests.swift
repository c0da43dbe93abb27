import Bytes
import Fixtures
import JOSE
import Testing

@Suite struct TokenVerifierTests {
    let verifier = TokenMint.verifier()

    @Test(arguments: Algorithm.allCases)
    func `a right token is valid under every algorithm`(_ algorithm: Algorithm) throws {
        let verdict = verifier.verify(TokenMint(algorithm).token)
        let token = try #require(verdict.token)
        #expect(token.key.kid == Array(algorithm.name.description.lowercased().utf8))
    }

    @Test func `a valid token says its claims`() throws {
        let token = try #require(verifier.verify(TokenMint().token).token)
        #expect(token.subject == Array(TokenMint.subject.utf8))
        #expect(token.claims.isAnonymous == false)
        #expect(token.claims.isVerified == true)
        #expect(token.claims.canReauthenticate == true)
        #expect(token.claims.roles == ["stock.view", "stock.edit"].map { Array($0.utf8) })
        #expect(token.claims.authenticationMethods == ["pwd", "mfa"].map { Array($0.utf8) })
        #expect(token.authenticatedAt == Timestamp(seconds: 1_799_998_000))
        #expect(token.issuer == 0)
        #expect(token.expiresAt == Timestamp(seconds: 1_800_000_810))
    }

    @Test(arguments: ["null", #""true""#, "1", "{}", #"["a",1]"#, "[[]]", #"["a",null]"#])
    func `a claim of a wrong type counts as not stated`(_ value: String) throws {
        var mint = TokenMint()
        for name in ["is_anonymous", "is_verified", "can_reauthenticate", "roles"] {
            mint.claims["https://authgear.com/claims/user/" + name] = value
        }
        mint.claims["amr"] = value
        mint.claims["auth_time"] = value == "1" ? #""1""# : value
        let token = try #require(verifier.verify(mint.token).token)
        #expect(token.claims.isAnonymous == nil)
        #expect(token.claims.isVerified == nil)
        #expect(token.claims.canReauthenticate == nil)
        #expect(token.claims.roles == nil)
        #expect(token.claims.authenticationMethods == nil)
        #expect(token.authenticatedAt == nil)
    }

    @Test func `claims that nobody stated are nil`() throws {
        var mint = TokenMint()
        mint.claims.members.removeAll { $0.name.hasPrefix("https:") || $0.name == "amr" || $0.name == "auth_time" }
        let token = try #require(verifier.verify(mint.token).token)
        #expect(
            token.claims.isAnonymous == nil && token.claims.isVerified == nil && token.claims.canReauthenticate == nil)
        #expect(token.claims.roles == nil && token.claims.authenticationMethods == nil && token.authenticatedAt == nil)
    }

    @Test func `escapes in names and values are resolved`() throws {
        var mint = TokenMint()
        mint.header = ObjectText([
            ("\\u0061lg", #""RS\u003256""#), ("typ", #""at\u002bJWT""#), ("kid", #""rs\u0032\u0035\u0036""#),
        ])
        mint.claims["iss"] = #""https:\/\/issuer.example""#
        mint.claims["aud"] = #"["x","https:\/\/audience.example"]"#
        mint.claims["sub"] = #""a\u00e9\ud83d\ude00""#
        mint.claims["https://authgear.com/claims/user/roles"] = #"["\u0061"]"#
        let token = try #require(verifier.verify(mint.token).token)
        #expect(token.subject == Array("aé😀".utf8))
        #expect(token.claims.roles == [[UInt8(ascii: "a")]])
    }

    @Test(arguments: [
        nil, "JWT", "jwt", "at+jwt", "AT+JWT", "application/jwt", "application/at+jwt", "Application/At+JWT",
    ])
    func `typ may be JWT or at+jwt, in any case, with or without application`(_ type: String?) {
        var mint = TokenMint()
        mint.header["typ"] = type.map { #""\#($0)""# }
        #expect(verifier.verify(mint.token).token != nil)
    }

    @Test(arguments: [
        "1800000800", "1799999990.000001", "1.8000008e9", "1.8E+9", "18000008E2", "1e300", "18000008000000000e-7",
    ])
    func `exp may have a fraction or an exponent`(_ expiry: String) {
        var mint = TokenMint()
        mint.claims["exp"] = expiry
        #expect(verifier.verify(mint.token).token != nil)
    }

    @Test(
        arguments: [
            (-800_000_000, true), (0, true), (809_999_999, true), (810_000_000, false), (900_000_000, false),
        ] as [(Int64, Bool)])
    func `a token is valid until exp and the leeway`(_ microseconds: Int64, _ isValid: Bool) {
        let now = Timestamp(microseconds: TokenMint.now.microseconds + microseconds)
        #expect((verifier.verify(TokenMint().token, now: now).refusal == .expired) == !isValid)
    }

    @Test(
        arguments: ["nbf", "iat"],
        [("1800000010", true), ("1800000010.000001", false), ("1.80000001e9", true), ("-1", true), ("1e300", false)])
    func `nbf and iat may lie in the future by the leeway`(_ name: String, _ time: (value: String, isValid: Bool)) {
        var mint = TokenMint()
        mint.claims[name] = time.value
        #expect((verifier.verify(mint.token).token != nil) == time.isValid)
    }

    @Test(arguments: [
        #""https://audience.example""#, #"["https://second.example"]"#,
        #"["https://other.example","https://audience.example"]"#,
    ])
    func `aud is a string or an array that holds one of ours`(_ audience: String) {
        var mint = TokenMint()
        mint.claims["aud"] = audience
        #expect(verifier.verify(mint.token).token != nil)
    }

    @Test func `among 500 issuers each is found, and its keys, and nobody else`() {
        let names = (0..<500).map { "https://issuer-\($0).example" }
        let issuers = names.map {
            TrustedIssuer(identifier: $0, audiences: [TokenMint.audience], algorithms: .all, leeway: .zero)
        }
        let verifier = TokenVerifier(issuers: issuers, maximumTokenBytes: 16 * 1024)
        let ring = KeyRing.empty(issuers: 500)
        for (index, name) in names.enumerated() {
            var mint = TokenMint(.edDSA)
            mint.claims["iss"] = #""\#(name)""#
            #expect(verifier.verify(mint.token, with: ring).missingKey?.issuer == IssuerID(UInt32(index)))
        }
        for name in ["https://issuer-500.example", "https://issuer-1.example/", "", "https://ISSUER-1.example"] {
            var mint = TokenMint(.edDSA)
            mint.claims["iss"] = #""\#(name)""#
            #expect(verifier.verify(mint.token, with: ring).refusal == .issuerUnknown)
        }
    }
}
