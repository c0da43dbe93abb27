import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// A token answered from memory, and everything that must end that.
struct ResolverTokenCacheTests {
    private static let token = TokenMint().token
    private static let bearer = ResolverTokenTests.bearer(token)

    /// A desk that has verified one token.
    private static func warm() -> Desk {
        var desk = ResolverTokenTests.desk()
        #expect(desk.ask(authorization: bearer) == ResolverTokenTests.valid)
        return desk
    }

    @Test(arguments: Endpoint.allCases) func `a token that was verified is answered from memory`(endpoint: Endpoint) {
        var desk = Self.warm()
        #expect(desk.ask(endpoint, authorization: Self.bearer) == ResolverTokenTests.valid)
        #expect(desk.resolver.tokenCacheFigures.hits == 1)
        #expect(desk.resolver.tokenCacheFigures.entries == 1)
    }

    @Test func `it dies with the token's expiry, to the microsecond`() {
        var desk = Self.warm()
        let end = Timestamp(seconds: 1_800_000_800) + .seconds(10)
        desk.now = end - .microseconds(1)
        desk.resolver.publish(Self.ring(usableUntil: .max))
        #expect(desk.ask(authorization: Self.bearer) == ResolverTokenTests.valid)
        #expect(desk.resolver.tokenCacheFigures.hits == 1)
        desk.now = end
        #expect(desk.ask(authorization: Self.bearer) == Desk.invalid)
    }

    @Test func `it dies the moment its key leaves the issuer's set`() {
        var desk = Self.warm()
        desk.resolver.publish(TokenMint.ring([TestKeys.key(.es256)]))
        #expect(desk.ask(authorization: Self.bearer) == Desk.unknown(.keyNotLookedFor))
        #expect(desk.resolver.tokenCacheFigures.entries == 0)
    }

    @Test func `it outlives a new set that still has its key`() {
        var desk = Self.warm()
        desk.resolver.publish(TokenMint.ring([TestKeys.stranger, TestKeys.key(.rs256)]))
        #expect(desk.ask(authorization: Self.bearer) == ResolverTokenTests.valid)
        #expect(desk.resolver.tokenCacheFigures.hits == 1)
    }

    @Test func `it is not given when the issuer's keys are too old`() {
        var desk = Self.warm()
        desk.resolver.publish(Self.ring(usableUntil: desk.moment.steady))
        #expect(desk.ask(authorization: Self.bearer) == Desk.unknown(.keysTooOld))
    }

    @Test func `it is that of no other token`() {
        var desk = Self.warm()
        var changed = Self.token
        changed[changed.count - 2] ^= 1
        #expect(desk.ask(authorization: ResolverTokenTests.bearer(changed)) == Desk.invalid)
        #expect(desk.ask(authorization: Self.bearer) == ResolverTokenTests.valid)
    }

    @Test func `a forged token is remembered as such until the keys change`() {
        var desk = Self.warm()
        let forged = ResolverTokenTests.bearer(ResolverTokenTests.forged())
        for _ in 0..<3 { #expect(desk.ask(authorization: forged) == Desk.invalid) }
        #expect(desk.resolver.tally.tokens[Int(TokenRefusal.signatureWrong.rawValue)] == 3)
        desk.resolver.publish(TokenMint.ring([TestKeys.stranger, TestKeys.key(.rs256)]))
        #expect(desk.ask(authorization: forged) == Desk.invalid)
    }

    @Test func `that a token is forged nobody can say while the issuer's keys are too old`() {
        var desk = Self.warm()
        let forged = ResolverTokenTests.bearer(ResolverTokenTests.forged())
        desk.resolver.publish(Self.ring(usableUntil: desk.moment.steady(after: .seconds(5))))
        #expect(desk.ask(authorization: forged) == Desk.invalid)
        desk.now = desk.now + .seconds(5)
        #expect(desk.ask(authorization: forged) == Desk.unknown(.keysTooOld))
    }

    private static let unstatable = ResolverTokenTests.bearer(ResolverTokenTests.unstatable())

    @Test func `that a claim can't be a header is remembered as such, and counted each time`() {
        var desk = Self.warm()
        for _ in 0..<3 { #expect(desk.ask(authorization: Self.unstatable) == Desk.invalid) }
        #expect(desk.resolver.tally.headers[Int(HeaderRefusal.unprintable.rawValue)] == 3)
        #expect(desk.resolver.tokenCacheFigures.entries == 1, "it is not among the valid ones")
    }

    @Test func `that a claim can't be a header nobody can say without the key`() {
        var desk = Self.warm()
        #expect(desk.ask(authorization: Self.unstatable) == Desk.invalid)
        desk.resolver.publish(TokenMint.ring([TestKeys.stranger]))
        #expect(desk.ask(authorization: Self.unstatable) == Desk.unknown(.keyNotLookedFor))
        desk.resolver.publish(Self.ring(usableUntil: desk.moment.steady))
        #expect(desk.ask(authorization: Self.unstatable) == Desk.unknown(.keysTooOld))
    }

    @Test func `that an answer would be too long is remembered up to the token's expiry, and counted each time`() {
        var desk = Self.warm()
        let bearer = ResolverTokenTests.bearer(ResolverTokenTests.tooLong())
        for _ in 0..<3 { #expect(desk.ask(authorization: bearer) == Desk.unknown(.answerTooLong)) }
        #expect(desk.resolver.signatures == 2, "one of the token that it was warmed with")
        #expect(desk.resolver.tally.unknowns[Int(UnknownReason.answerTooLong.rawValue)] == 3)
        #expect(desk.resolver.takeLongAnswers()?.count == 3)
        desk.now = Timestamp(seconds: 1_800_000_800) + .seconds(10)
        #expect(desk.ask(authorization: bearer) == Desk.invalid)
        #expect(desk.resolver.tally.tokens[Int(TokenRefusal.expired.rawValue)] == 1)
    }

    @Test func `the civil clock doesn't lengthen the trust in keys`() {
        var desk = Self.warm()
        desk.resolver.publish(Self.ring(usableUntil: desk.moment.steady(after: .seconds(5))))
        desk.now = desk.now + .seconds(5)
        desk.setClock(by: .seconds(-5))
        #expect(desk.ask(authorization: Self.bearer) == Desk.unknown(.keysTooOld))
    }

    @Test func `an issuer's new key makes only tokens of its own be looked at again`() {
        let other = TrustedIssuer(
            identifier: "https://other.example", audiences: [TokenMint.audience], algorithms: .all, leeway: .zero)
        var desk = Desk(
            issuers: [TokenMint.trustedIssuer(), other], keys: KeyRing(issuers: [Self.keys(), Self.keys([.es256])]))
        desk.now = TokenMint.now
        var mint = TokenMint(key: TestKeys.stranger)
        mint.header["kid"] = "\"rs256\""
        let renamed = sure { () throws(SigningKeyError) in try TestKeys.stranger.using(.rs256, kid: "rs256") }
        let bearer = ResolverTokenTests.bearer(mint.token)
        #expect(desk.ask(authorization: bearer) == Desk.invalid)
        desk.resolver.publish(KeyRing(issuers: [Self.keys(), Self.keys([.es256, .es384])]))
        #expect(desk.ask(authorization: bearer) == Desk.invalid)
        let keys = IssuerKeys(set: TokenMint.ring([renamed]).issuers[0].set, usableUntil: .max)
        desk.resolver.publish(KeyRing(issuers: [keys, Self.keys([.es256])]))
        #expect(desk.ask(authorization: bearer) == ResolverTokenTests.valid)
    }

    private static func keys(_ algorithms: [Algorithm] = [.rs256]) -> IssuerKeys {
        IssuerKeys(set: TokenMint.ring(algorithms.map(TestKeys.key)).issuers[0].set, usableUntil: .max)
    }

    @Test func `a token refused under one key is valid once the right one has come`() {
        let impostor = TestKeys.stranger
        var mint = TokenMint(key: impostor)
        mint.header["kid"] = "\"rs256\""
        var desk = ResolverTokenTests.desk()
        let bearer = ResolverTokenTests.bearer(mint.token)
        #expect(desk.ask(authorization: bearer) == Desk.invalid)
        let renamed = sure { () throws(SigningKeyError) in try impostor.using(.rs256, kid: "rs256") }
        desk.resolver.publish(TokenMint.ring([renamed]))
        #expect(desk.ask(authorization: bearer) == ResolverTokenTests.valid)
    }

    @Test func `a flood of forged tokens pushes no valid one out`() {
        var desk = Self.warm()
        for number in 0..<200 {
            _ = desk.ask(authorization: ResolverTokenTests.bearer(ResolverTokenTests.forged(number)))
        }
        #expect(desk.ask(authorization: Self.bearer) == ResolverTokenTests.valid)
        #expect(desk.resolver.tokenCacheFigures.hits == 1)
        #expect(desk.resolver.tokenCacheFigures.entries == 1)
    }

    @Test func `with a cache of nothing every token is verified`() {
        var desk = Desk(
            issuers: [TokenMint.trustedIssuer()], keys: TokenMint.ring(), caches: CacheBound(entries: 0, bytes: 0))
        desk.now = TokenMint.now
        for _ in 0..<2 { #expect(desk.ask(authorization: Self.bearer) == ResolverTokenTests.valid) }
        #expect(desk.resolver.tokenCacheFigures.hits == 0)
    }

    private static func ring(usableUntil: Int64) -> KeyRing {
        KeyRing(issuers: [IssuerKeys(set: TokenMint.ring().issuers[0].set, usableUntil: usableUntil)])
    }
}
