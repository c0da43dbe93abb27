import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// A flush by the operator: no answer outlives it, however it was come by.
@Suite struct ForgetAnswersTests {
    private static let bearer = ResolverTokenTests.bearer(TokenMint().token)
    private static let cookie = "session=\(Desk.cookie)"

    private static func desk() -> Desk {
        let session = Desk.session(user: "e307", createdAt: TokenMint.now - .seconds(3_600), lastAccess: TokenMint.now)
        var desk = Desk(
            issuers: [TokenMint.trustedIssuer()], keys: TokenMint.ring(), store: Desk.store(session: session))
        desk.now = TokenMint.now
        desk.resolver.trustSessions(until: .max)
        return desk
    }

    @Test func `what was in memory is found out anew, once`() {
        var desk = Self.desk()
        for _ in 0..<2 {
            #expect(desk.ask(authorization: Self.bearer) == ResolverTokenTests.valid)
            #expect(desk.ask(cookies: [Self.cookie]) == Desk.valid)
        }
        #expect(desk.resolver.signatures == 1 && desk.asked == [Desk.sessionKey, Desk.userKey])
        #expect(desk.resolver.tokenCacheFigures.entries == 1 && desk.resolver.sessionCacheFigures.entries == 1)
        desk.resolver.forgetAnswers()
        #expect(desk.resolver.tokenCacheFigures.entries == 0 && desk.resolver.sessionCacheFigures.entries == 0)
        desk.forgetAsked()
        for _ in 0..<2 {
            #expect(desk.ask(authorization: Self.bearer) == ResolverTokenTests.valid)
            #expect(desk.ask(cookies: [Self.cookie]) == Desk.valid)
        }
        #expect(desk.resolver.signatures == 2 && desk.asked == [Desk.sessionKey, Desk.userKey])
    }

    @Test func `a token that was refused is looked at again, once`() {
        var desk = Self.desk()
        let forged = ResolverTokenTests.bearer(ResolverTokenTests.forged())
        for _ in 0..<2 { #expect(desk.ask(authorization: forged) == Desk.invalid) }
        #expect(desk.resolver.signatures == 1)
        desk.resolver.forgetAnswers()
        for _ in 0..<2 { #expect(desk.ask(authorization: forged) == Desk.invalid) }
        #expect(desk.resolver.signatures == 2)
    }

    @Test func `what is being found out is found out anew`() {
        var desk = Self.desk()
        let (request, head) = Desk.request(.resolve, authorization: nil, cookies: [Self.cookie])
        let step = desk.resolver.resolve(request, in: head.span.bytes, now: desk.moment)
        #expect(Self.lines(of: step, at: &desk) == Desk.valid)
        #expect(desk.asked == [Desk.sessionKey, Desk.sessionKey, Desk.userKey])
    }

    /// What a request is answered while whose first record is read everything is forgotten.
    private static func lines(of step: consuming Step, at desk: inout Desk) -> [String] {
        var step = consume step
        var isFirst = true
        while true {
            switch consume step {
            case .answer(let answer): return Desk.lines(of: answer)
            case .wait(for: .record(let query), let parked):
                if isFirst { desk.resolver.forgetAnswers() }
                isFirst = false
                step = desk.resolver.resume(parked, with: .record(desk.reply(to: query)), now: desk.moment)
            case .wait: return []
            }
        }
    }
}
