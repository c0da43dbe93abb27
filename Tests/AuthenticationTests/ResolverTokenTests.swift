import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

struct ResolverTokenTests {
    static let valid = [
        "HTTP/1.1 200 OK",
        "x-authgear-session-valid: true",
        "x-authgear-user-id: \(TokenMint.subject)",
        "x-authgear-user-anonymous: false",
        "x-authgear-user-verified: true",
        "x-authgear-user-can-reauthenticate: true",
        "x-authgear-user-roles: stock.view,stock.edit",
        "x-authgear-session-amr: pwd,mfa",
        "x-authgear-session-authenticated-at: 1799998000",
    ]

    static func desk(ring: KeyRing = TokenMint.ring(), store: [String: RecordReply] = Desk.store()) -> Desk {
        var desk = Desk(issuers: [TokenMint.trustedIssuer()], keys: ring, store: store)
        desk.now = TokenMint.now
        return desk
    }

    @Test(arguments: [nil, Desk.rules()]) func `where no issuer is configured a JWT is no credential`(
        sessions: SessionRules?
    ) {
        var desk = Desk(sessions: sessions)
        #expect(desk.ask(authorization: Self.bearer(TokenMint().token)) == Desk.none)
        #expect(desk.asked == [])
        guard sessions != nil else { return }
        #expect(
            desk.ask(authorization: Self.bearer(TokenMint().token), cookies: ["session=\(Desk.cookie)"]) == Desk.valid)
    }

    @Test(arguments: ["1e20", "-1e300"]) func `a time that can't be told is not guessed`(time: String) {
        var mint = TokenMint()
        mint.claims["auth_time"] = time
        var desk = Self.desk()
        #expect(desk.ask(authorization: Self.bearer(mint.token)) == Array(Self.valid.dropLast()))
    }

    static func bearer(_ token: [UInt8]) -> String {
        "Bearer " + String(decoding: token, as: UTF8.self)
    }

    static func expired() -> [UInt8] {
        var mint = TokenMint()
        mint.claims["exp"] = "1799999900"
        return mint.token
    }

    /// A token whose signature is another token's.
    static func forged(_ number: Int = 0) -> [UInt8] {
        var mint = TokenMint()
        let signature = mint.token.split(separator: UInt8(ascii: "."))[2]
        mint.claims["sub"] = "\"admin\(number)\""
        return Array(mint.token.split(separator: UInt8(ascii: ".")).dropLast().joined(separator: [UInt8(ascii: ".")]))
            + [UInt8(ascii: ".")] + signature
    }

    /// A right token whose `sub` would break out of its header.
    static func unstatable() -> [UInt8] {
        var mint = TokenMint()
        mint.claims["sub"] = #""a\r\nx-authgear-user-roles: admin""#
        return mint.token
    }

    /// A right token of so many roles that they are too long for a header.
    static func tooLong() -> [UInt8] {
        var mint = TokenMint()
        let roles = [String](repeating: "\"\(String(repeating: "r", count: 31))\"", count: 257).joined(separator: ",")
        mint.claims["https://authgear.com/claims/user/roles"] = "[\(roles)]"
        return mint.token
    }

    @Test(arguments: Endpoint.allCases) func `a valid token says who is calling`(endpoint: Endpoint) {
        var desk = Self.desk()
        #expect(desk.ask(endpoint, authorization: Self.bearer(TokenMint().token)) == Self.valid)
    }

    @Test func `what a token does not state is left out`() {
        var mint = TokenMint()
        mint.claims.members.removeAll { $0.name.hasPrefix("https://") || $0.name == "amr" || $0.name == "auth_time" }
        var desk = Self.desk()
        #expect(desk.ask(authorization: Self.bearer(mint.token)) == Array(Self.valid.prefix(3)))
    }

    @Test func `a refused token is invalid, and a 401 names it`() {
        var desk = Self.desk()
        for token in [Self.expired(), Self.forged(), Array("a.b.c".utf8)] {
            #expect(desk.ask(authorization: Self.bearer(token)) == Desk.invalid)
            #expect(
                desk.ask(.require, authorization: Self.bearer(token)) == [
                    "HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Bearer error=\"invalid_token\"",
                    "x-authgear-session-valid: false",
                ])
        }
        #expect(desk.resolver.tally.tokens[Int(TokenRefusal.expired.rawValue)] == 2)
        #expect(desk.resolver.tally.tokens[Int(TokenRefusal.signatureWrong.rawValue)] == 2)
        #expect(desk.resolver.tally.tokens.reduce(0, +) == 6)
    }

    @Test func `a token that is too long is refused unread`() {
        var desk = Self.desk()
        let token = "Bearer a.b." + String(repeating: "c", count: 16 << 10)
        #expect(desk.ask(authorization: token) == Desk.invalid)
        #expect(desk.resolver.tally.tokens[Int(TokenRefusal.tooLong.rawValue)] == 1)
    }

    @Test func `a token whose answer is too long is unknown, not invalid, and a session after it counts`() {
        let bearer = Self.bearer(Self.tooLong())
        var desk = Self.desk(
            store: Desk.store(session: Desk.session(createdAt: TokenMint.now, lastAccess: TokenMint.now)))
        for endpoint in Endpoint.allCases {
            #expect(desk.ask(endpoint, authorization: bearer) == Desk.unknown(.answerTooLong))
        }
        #expect(desk.ask(authorization: bearer, cookies: ["session=\(Desk.cookie)"]) == Desk.valid)
        #expect(desk.resolver.tally.unknowns[Int(UnknownReason.answerTooLong.rawValue)] == 3)
    }

    @Test func `the first valid credential wins: a token before a session, a session after a bad token`() {
        var desk = Self.desk(
            store: Desk.store(session: Desk.session(createdAt: TokenMint.now, lastAccess: TokenMint.now)))
        let cookies = ["session=\(Desk.cookie)"]
        #expect(desk.ask(authorization: Self.bearer(TokenMint().token), cookies: cookies) == Self.valid)
        #expect(desk.asked == [])
        #expect(desk.ask(authorization: Self.bearer(Self.expired()), cookies: cookies) == Desk.valid)
    }

    @Test func `a claim that would break out of its header makes the token invalid`() {
        var desk = Self.desk()
        #expect(desk.ask(authorization: Self.bearer(Self.unstatable())) == Desk.invalid)
        #expect(desk.resolver.tally.headers[Int(HeaderRefusal.unprintable.rawValue)] == 1)
    }

    @Test func `a claim whose name is escaped is looked at like any other`() {
        var mint = TokenMint()
        mint.claims["amr"] = nil
        mint.claims[#"\u0061\u006dr"#] = #"["otp"]"#
        var desk = Self.desk()
        #expect(desk.ask(authorization: Self.bearer(mint.token)).contains("x-authgear-session-amr: otp"))
        mint.claims[#"\u0061\u006dr"#] = #"["pwd,mfa"]"#
        #expect(desk.ask(authorization: Self.bearer(mint.token)) == Desk.invalid)
        #expect(desk.resolver.tally.headers[Int(HeaderRefusal.holdsSeparator.rawValue)] == 1)
    }

    static let keyReplies: [(ring: KeyRing, reply: KeyReply, lines: [String])] = [
        (.empty(issuers: 1), .unavailable, Desk.unknown(.keysNotLoaded)),
        (.empty(issuers: 1), .arrived, Desk.unknown(.keysNotLoaded)),
        (TokenMint.ring([TestKeys.key(.es256)]), .unavailable, Desk.unknown(.keyNotLookedFor)),
        (TokenMint.ring([TestKeys.key(.es256)]), .absent, Desk.invalid),
        (
            KeyRing(issuers: [IssuerKeys(set: TokenMint.ring().issuers[0].set, usableUntil: 0)]),
            .unavailable, Desk.unknown(.keysTooOld)
        ),
    ]

    @Test(arguments: keyReplies)
    func `a token whose key is missing is unknown until its key was looked for`(
        ring: KeyRing, reply: KeyReply, lines: [String]
    ) {
        var desk = Self.desk(ring: ring)
        desk.keyReply = reply
        #expect(desk.ask(authorization: Self.bearer(TokenMint().token)) == lines)
    }

    @Test func `a session outweighs a token that could not be checked`() {
        var desk = Self.desk(
            ring: .empty(issuers: 1),
            store: Desk.store(session: Desk.session(createdAt: TokenMint.now, lastAccess: TokenMint.now)))
        #expect(
            desk.ask(authorization: Self.bearer(TokenMint().token), cookies: ["session=\(Desk.cookie)"]) == Desk.valid)
        #expect(
            desk.ask(authorization: Self.bearer(TokenMint().token), cookies: ["session=x.y"])
                == Desk.unknown(.keysNotLoaded))
    }

    @Test func `a token that waited is verified with the key that arrived`() throws {
        var desk = Self.desk(ring: .empty(issuers: 1))
        let authorization = Self.bearer(TokenMint().token)
        let (request, head) = Desk.request(.resolve, authorization: authorization, cookies: [])
        guard
            case .wait(for: .key(let key), let parked) = desk.resolver.resolve(
                request, in: head.span.bytes, now: desk.moment)
        else { throw Unexpected() }
        #expect(key == MissingKey(issuer: 0, kid: Array("rs256".utf8), cause: .neverLoaded))
        desk.resolver.publish(TokenMint.ring())
        guard case .answer(let answer) = desk.resolver.resume(parked, with: .key(.arrived), now: desk.moment)
        else { throw Unexpected() }
        #expect(Desk.lines(of: answer) == Self.valid)
    }

    private struct Unexpected: Error {}
}
