import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

struct BearerTokenTests {
    private static let token = String(decoding: TokenMint().token, as: UTF8.self)

    @Test(arguments: ["Bearer", "bearer", "BEARER", "bEaReR"], [" ", "   "])
    func `a bearer token is found, its scheme in any case`(scheme: String, space: String) {
        var desk = ResolverTokenTests.desk()
        #expect(desk.ask(authorization: scheme + space + Self.token) == ResolverTokenTests.valid)
    }

    @Test(
        arguments: [
            "", "Bearer", "Bearer ", "Bearer\(token)", "Bearer\t\(token)", "Bearer\0\(token)", "Basic \(token)",
            "Digest realm=\"a.b.c\"",
            "Bearer opaque", "Bearer a.b", "Bearer a.b.c.d.e", "Bearer " + String(repeating: "a", count: 20_000),
        ].map(LongText.init))
    func `another scheme and an empty token are no credential, and neither is an opaque one without a store`(
        field: LongText
    ) {
        var desk = Desk(issuers: [TokenMint.trustedIssuer()], keys: TokenMint.ring(), sessions: nil)
        #expect(desk.ask(authorization: field.text) == Desk.none)
        #expect(
            desk.ask(.require, authorization: field.text) == ["HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Bearer"])
    }

    @Test(arguments: ["Bearer ..", "Bearer a.b.c", "Bearer a.b.c d", "Bearer \(token) "])
    func `what has three parts was meant as a JWT and is refused as one`(field: String) {
        var desk = ResolverTokenTests.desk()
        #expect(desk.ask(authorization: field) == Desk.invalid)
    }
}
