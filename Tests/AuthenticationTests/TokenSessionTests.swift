import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// JWTs that end with their session (`issuers[].session_check: grant`).
struct TokenSessionTests {
    private static let grantKey = "app:my-project:access-grant:\(TokenMint.grantHash)"
    private static let user = TokenMint.subject
    private static let userKey = "app:my-project:userinfo:\(user):__greatest__"
    private static let bearer = ResolverTokenTests.bearer(TokenMint().token)

    private static func desk(_ changes: [String: RecordReply] = [:], keys: KeyRing = TokenMint.ring()) -> Desk {
        var store = [
            grantKey: World.accessGrant(expireAt: TokenMint.now + .seconds(60)),
            World.grantKey: World.grant(user: user, createdAt: TokenMint.now, lastAccess: TokenMint.now),
            userKey: Desk.user(roles: ["from.the.record"]),
        ]
        store.merge(changes) { $1 }
        var desk = Desk(issuers: [TokenMint.trustedIssuer(sessionCheck: .grant)], keys: keys, store: store)
        desk.now = TokenMint.now
        desk.resolver.trustSessions(until: .max)
        return desk
    }

    @Test func `the identity is the session's and the user's record's, not the token's claims`() {
        var desk = Self.desk()
        let lines = desk.ask(authorization: Self.bearer)
        #expect(lines.contains("x-authgear-user-id: \(Self.user)"))
        #expect(lines.contains("x-authgear-user-roles: from.the.record"))
        #expect(lines.contains("x-authgear-session-amr: pwd"))
        #expect(lines.contains("x-authgear-session-authenticated-at: 1795000000"))
        #expect(desk.asked == [Self.grantKey, World.grantKey, Self.userKey])
    }

    static let ends: [(changes: [String: RecordReply], refusal: String)] = [
        ([grantKey: .missing], "token not_found"),
        ([grantKey: World.accessGrant(expireAt: TokenMint.now - .microseconds(1))], "token grant_expired"),
        ([World.grantKey: .missing], "token session_not_found"),
        (
            [World.grantKey: World.grant(user: "another", createdAt: TokenMint.now, lastAccess: TokenMint.now)],
            "token subject_mismatch"
        ),
        ([userKey: Desk.user(isDisabled: true)], "token user_disabled"),
    ]

    @Test(arguments: ends)
    func `the token ends with its session`(changes: [String: RecordReply], refusal: String) {
        var desk = Self.desk(changes)
        #expect(desk.ask(authorization: Self.bearer) == Desk.invalid)
        #expect(desk.refusals == [refusal: 1])
    }

    @Test func `a store or keys out of reach are unknown`() {
        var desk = Self.desk([World.grantKey: .unavailable(.disconnected)])
        #expect(desk.ask(authorization: Self.bearer) == Desk.unknown(.storeDisconnected))
        desk = Self.desk(keys: .empty(issuers: 1))
        #expect(desk.ask(authorization: Self.bearer) == Desk.unknown(.keysNotLoaded))
        #expect(desk.asked.isEmpty)
    }

    @Test func `in memory it rests on its key and on every record`() {
        for key in [Self.grantKey, World.grantKey, Self.userKey] {
            var desk = Self.desk()
            for _ in 0..<2 { _ = desk.ask(authorization: Self.bearer) }
            #expect(desk.resolver.tokenCacheFigures.hits == 1)
            desk.store[key] = .missing
            desk.resolver.recordChanged(Array(key.utf8), now: desk.moment)
            #expect(!desk.ask(authorization: Self.bearer).contains("x-authgear-session-valid: true"), "\(key)")
        }
        var desk = Self.desk()
        _ = desk.ask(authorization: Self.bearer)
        desk.resolver.publish(TokenMint.ring([TestKeys.key(.es256)]))
        #expect(desk.ask(authorization: Self.bearer) == Desk.unknown(.keyNotLookedFor))
        desk = Self.desk()
        _ = desk.ask(authorization: Self.bearer)
        desk.resolver.distrustSessions()
        desk.store = [:]
        #expect(desk.ask(authorization: Self.bearer) == Desk.invalid)
    }

    @Test func `its signature is verified once, also when its session has ended`() {
        var desk = Self.desk([World.grantKey: .missing])
        for _ in 0..<3 { #expect(desk.ask(authorization: Self.bearer) == Desk.invalid) }
        #expect(desk.resolver.signatures == 1)
        #expect(desk.refusals == ["token session_not_found": 3], "the records decide each time")
        // It comes back, which Redis tells.
        desk.store[World.grantKey] = World.grant(user: Self.user, createdAt: TokenMint.now, lastAccess: TokenMint.now)
        desk.resolver.recordChanged(Array(World.grantKey.utf8), now: desk.moment)
        #expect(desk.ask(authorization: Self.bearer).contains("x-authgear-user-id: \(Self.user)"))
        #expect(desk.resolver.signatures == 1)
    }

    @Test func `what was verified ends with the key and with the token`() {
        var desk = Self.desk([World.grantKey: .missing])
        _ = desk.ask(authorization: Self.bearer)
        desk.resolver.publish(TokenMint.ring([TestKeys.key(.es256)]))
        #expect(desk.ask(authorization: Self.bearer) == Desk.unknown(.keyNotLookedFor))
        desk = Self.desk([World.grantKey: .missing])
        _ = desk.ask(authorization: Self.bearer)
        desk.resolver.publish(.empty(issuers: 1))
        #expect(desk.ask(authorization: Self.bearer) == Desk.unknown(.keysNotLoaded))
        desk = Self.desk([World.grantKey: .missing])
        _ = desk.ask(authorization: Self.bearer)
        desk.now = desk.now + .seconds(86_400)
        #expect(desk.ask(authorization: Self.bearer) == Desk.invalid)
        #expect(desk.refusals == ["token session_not_found": 1, "token expired": 1])
    }

    @Test func `its jti has to be a hash`() {
        var desk = Self.desk()
        var mint = TokenMint()
        mint.claims["jti"] = #""58aaa4d9""#
        #expect(desk.ask(authorization: ResolverTokenTests.bearer(mint.token)) == Desk.invalid)
        #expect(desk.refusals == ["token jti_unsuitable": 1])
        #expect(desk.asked.isEmpty)
    }
}
