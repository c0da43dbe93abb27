import Fixtures
import JOSE
import Testing

/// Which claims are read, and how far.
@Suite struct ClaimTests {
    let verifier = TokenMint.verifier()
    let ring = TokenMint.ring([TestKeys.key(.edDSA)])

    /// Every claim that is read, each with a value that shows in what becomes of the token.
    static let claims: [(name: String, value: String)] = [
        ("iss", #""https://other.example""#), ("exp", "1"), ("nbf", "1e300"), ("iat", "1e300"),
        ("aud", #""https://other.example""#), ("sub", #""somebody""#), ("typ", #""ID""#), ("token_use", #""id""#),
        ("cnf", #"{"jkt":"x"}"#), ("amr", #"["otp","x,y"]"#), ("auth_time", "5"),
        ("https://authgear.com/claims/user/is_anonymous", "true"),
        ("https://authgear.com/claims/user/is_verified", "false"),
        ("https://authgear.com/claims/user/can_reauthenticate", "false"),
        ("https://authgear.com/claims/user/roles", #"["other"]"#),
    ]

    @Test(arguments: [1, 2, 3, .max]) func `a claim is read the same however much of its name is escaped`(letters: Int)
    {
        let untouched = effect(of: TokenMint(.edDSA).claims)
        for (name, value) in Self.claims {
            var claims = TokenMint(.edDSA).claims
            claims[name] = nil
            let (plain, escaped) = ((name, value), (Self.escaped(name, letters), value))
            let expected = effect(of: ObjectText(claims.members + [plain]))
            #expect(expected != untouched, "\(name)")
            #expect(effect(of: ObjectText(claims.members + [escaped])) == expected, "\(name)")
        }
    }

    private static func escaped(_ name: String, _ letters: Int) -> String {
        let codes = name.utf8.prefix(letters).map { "\\u00" + String($0, radix: 16) }
        return codes.joined() + name.dropFirst(letters)
    }

    /// What becomes of a token with these claims, and what it then says.
    private func effect(of claims: ObjectText) -> String {
        var mint = TokenMint(.edDSA)
        mint.claims = claims
        let verdict = verifier.verify(mint.token, with: ring)
        guard let token = verdict.token else { return verdict.refusal.map { "\($0)" } ?? "" }
        return "\(token.subject) \(token.claims) \(String(describing: token.authenticatedAt)) \(token.expiresAt)"
    }

    @Test func `a payload may have 256 names, and those of inner objects don't count`() {
        var mint = TokenMint(.edDSA)
        let inner = ObjectText((0..<400).map { ("m\($0)", "0") }).text
        mint.claims.members += (mint.claims.members.count..<255).map { ("n\($0)", "0") } + [("inner", inner)]
        #expect(mint.claims.members.count == 256)
        #expect(verifier.verify(mint.token, with: ring).token != nil)
        mint.claims.members.append(("one-more", "0"))
        #expect(verifier.verify(mint.token, with: ring).refusal == .payloadMalformed)
    }

    @Test func `a header may have 256 names`() {
        var mint = TokenMint(.edDSA)
        mint.header.members += (3..<256).map { ("n\($0)", "0") }
        #expect(mint.header.members.count == 256)
        #expect(verifier.verify(mint.token, with: ring).token != nil)
    }

    @Test func `an issuer that is no text does not end the reading`() {
        var mint = TokenMint(.edDSA)
        mint.claims["iss"] = "1"
        #expect(verifier.verify(mint.token, with: ring).refusal == .issuerMissing)
        mint.claims.members.append(("x", "NaN"))
        #expect(verifier.verify(mint.token, with: ring).refusal == .payloadMalformed)
    }

    @Test func `an iss within another claim is not the token's`() {
        var mint = TokenMint(.edDSA)
        mint.claims.members.insert(("act", #"{"iss":"https://other.example","sub":"x"}"#), at: 0)
        #expect(verifier.verify(mint.token, with: ring).token != nil)
    }

    @Test(arguments: [
        ("typ", [#""Bearer""#, #""DPoP""#, #""JWT""#, #""id""#, #""refresh""#, #"["ID"]"#, "1", "null", #""""#]),
        ("token_use", [#""access""#, #""ID""#, #""Refresh""#, #"["id"]"#, "null"]),
    ])
    func `a kind that is not known, or said in another way, is an access token's`(_ name: String, _ values: [String]) {
        for value in values {
            var mint = TokenMint(.edDSA)
            mint.claims[name] = value
            #expect(verifier.verify(mint.token, with: ring).token != nil, "\(name) \(value)")
        }
    }

    @Test(arguments: [
        #"{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}"#, #"{"x5t#S256":"x"}"#, #"{"jwk":{}}"#, "{}", "null",
    ])
    func `where the gateway checks the proof a bound token is taken`(_ confirmation: String) {
        var issuer = TokenMint.trustedIssuer()
        var mint = TokenMint(.edDSA)
        mint.claims["cnf"] = confirmation
        #expect(TokenVerifier(issuers: [issuer], maximumTokenBytes: 16 << 10).verify(mint.token).token == nil)
        issuer.confirmation = .ignore
        #expect(TokenVerifier(issuers: [issuer], maximumTokenBytes: 16 << 10).verify(mint.token).token != nil)
        mint.claims["typ"] = #""ID""#
        #expect(
            TokenVerifier(issuers: [issuer], maximumTokenBytes: 16 << 10).verify(mint.token).refusal
                == .notAccessToken)
    }
}
