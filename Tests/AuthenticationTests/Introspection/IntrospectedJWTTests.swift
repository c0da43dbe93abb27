import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// JWTs of an issuer that is asked about each of them (contract section 19, `for: all`).
struct IntrospectedJWTTests {
    private static let token = String(decoding: TokenMint().token, as: UTF8.self)
    private static let bearer = "Bearer " + token

    /// Who trusts the mint's issuer, and asks it about each token; of opaque ones about those with the prefix alone.
    private static func desk(prefix: String? = nil, saying text: String? = nil) -> Desk {
        let trusted = TokenMint.trustedIssuer()
        var introspector = IntrospectionTests.introspector(trusted, id: 0, prefix: prefix)
        introspector.takesJWTs = true
        var desk = Desk(issuers: [trusted], keys: TokenMint.ring(), sessions: nil, introspectors: [introspector])
        desk.now = TokenMint.now
        desk.endpoint[token] = text.map { .success($0.replacing("SUB", with: TokenMint.subject)) }
        return desk
    }

    private static var active: String { #"{"active":true,"sub":"SUB","aud":"\#(TokenMint.audience)"}"# }

    @Test func `a verified token is good when its issuer says so, and is asked about once`() {
        var desk = Self.desk(saying: Self.active)
        for _ in 0..<3 { #expect(desk.ask(authorization: Self.bearer) == ResolverTokenTests.valid) }
        #expect(desk.introspections.map(\.server) == [AskedServer(.introspection, of: 0)])
        // Wherever it comes from.
        #expect(desk.ask(cookies: ["app_access_token=" + Self.token]) == ResolverTokenTests.valid)
        #expect(desk.introspections.count == 1)
    }

    @Test func `one that was revoked, or is another user's there, is not`() {
        for (text, refusal) in [
            (#"{"active":false}"#, "token inactive"),
            (#"{"active":true,"sub":"another","aud":"\#(TokenMint.audience)"}"#, "token subject_mismatch"),
        ] {
            var desk = Self.desk(saying: text)
            for _ in 0..<2 { #expect(desk.ask(authorization: Self.bearer) == Desk.invalid) }
            #expect(desk.refusals == [refusal: 2])
            #expect(desk.introspections.count == 1)
        }
    }

    @Test func `one that is forged is asked of nobody`() {
        var desk = Self.desk(saying: Self.active)
        #expect(desk.ask(authorization: ResolverTokenTests.bearer(ResolverTokenTests.forged())) == Desk.invalid)
        #expect(desk.introspections.isEmpty)
    }

    /// Refresh tokens, which some endpoints call active as they do access tokens, are opaque; encrypted tokens have five parts.
    @Test func `a prefix keeps other opaque tokens from an endpoint that is asked about JWTs`() {
        var desk = Self.desk(prefix: "eyJ", saying: Self.active)
        for token in ["refresh", "ref.re.sh.to.ken", "eyJ.a.b.c.d"] { desk.endpoint[token] = desk.endpoint[Self.token] }
        #expect(desk.ask(authorization: "Bearer refresh") == Desk.none)
        #expect(desk.ask(authorization: "Bearer ref.re.sh.to.ken") == Desk.none)
        #expect(desk.introspections.isEmpty)
        #expect(desk.ask(authorization: "Bearer eyJ.a.b.c.d").contains("x-authgear-user-id: \(TokenMint.subject)"))
        #expect(desk.ask(authorization: Self.bearer) == ResolverTokenTests.valid)
        #expect(desk.introspections.count == 2)
    }
}
