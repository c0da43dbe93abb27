import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// How assertions are kept with the answers that are remembered, and what ends them.
@Suite struct AssertionMemoryTests {
    @Test(arguments: AssertionTests.kinds, Endpoint.allCases)
    func `a request whose assertion is still young allocates nothing`(
        kind: AssertionTests.Kind, endpoint: Endpoint
    ) {
        var desk = AssertionTests.desk(policies: [AccessPolicy(name: "open")], sessionCheck: kind.sessionCheck)
        for policy in [nil, "open"] {
            for _ in 0..<2 { _ = desk.ask(.resolve, authorization: kind.authorization, cookies: kind.cookies) }
            var (request, head) = Desk.request(endpoint, authorization: kind.authorization, cookies: kind.cookies)
            request.policy = policy.flatMap { desk.resolver.policy(named: Array($0.utf8).span.bytes) }
            let (answers, allocations) = AllocationTests.resolve(
                request, head, by: &desk.resolver, at: desk.moment, times: 100)
            #expect(answers == 100)
            #expect(allocations == 0)
        }
    }

    /// A change of the settings, and whether answers are made anew by it.
    struct Change: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var signer: AssertionSigner?
        var ends = true
    }

    static let changes = [
        Change(testDescription: "the same, read again", signer: AssertionTests.signer(), ends: false),
        Change(testDescription: "another key", signer: AssertionTests.signer(.es256)),
        Change(testDescription: "another audience", signer: AssertionTests.signer(audiences: ["stock", "b"])),
        Change(testDescription: "another header", signer: AssertionTests.signer(header: "x-who")),
        Change(testDescription: "another lifetime", signer: AssertionTests.signer(lifetime: .seconds(30))),
        Change(testDescription: "none", signer: nil),
    ]

    @Test(arguments: changes, AssertionTests.kinds)
    func `what was signed by other rules is not given any more`(change: Change, kind: AssertionTests.Kind) {
        var desk = AssertionTests.desk(sessionCheck: kind.sessionCheck)
        var fresh = AssertionTests.desk(change.signer ?? AssertionTests.signer(), sessionCheck: kind.sessionCheck)
        let before = desk.ask(authorization: kind.authorization, cookies: kind.cookies)
        var settings = desk.settings
        settings.assertion = change.signer
        desk.resolver.adopt(settings)
        let signatures = desk.resolver.signatures
        let after = desk.ask(authorization: kind.authorization, cookies: kind.cookies)
        let token = AssertionTests.token(in: after, named: change.signer?.header ?? AssertionTests.name)
        #expect((token == nil) == (change.signer == nil))
        #expect((after == before) == !change.ends)
        if !change.ends { #expect(desk.resolver.signatures == signatures) }
        guard let signer = change.signer else { return }
        let expected = fresh.ask(authorization: kind.authorization, cookies: kind.cookies)
        let theirs = AssertionTests.token(in: expected, named: signer.header)
        #expect(AssertionTests.parts(of: token) == AssertionTests.parts(of: theirs))
    }

    @Test func `a session that waits while assertions are turned on is asserted`() {
        var desk = AssertionTests.desk()
        var settings = desk.settings
        settings.assertion = nil
        desk.resolver.adopt(settings)
        let (request, head) = Desk.request(.resolve, authorization: nil, cookies: ["session=\(Desk.cookie)"])
        var step = desk.resolver.resolve(request, in: head.span.bytes, now: desk.moment)
        desk.resolver.adopt(desk.settings)
        while true {
            switch consume step {
            case .answer(let answer):
                #expect(AssertionTests.token(in: Desk.lines(of: answer)) != nil)
                return
            case .wait(for: .record(let query), let parked):
                step = desk.resolver.resume(parked, with: .record(desk.reply(to: query)), now: desk.moment)
            case .wait:
                Issue.record("nobody else is asked")
                return
            }
        }
    }

    @Test func `sessions with the same records and different ends share no assertion`() {
        var desk = AssertionTests.desk()
        desk.store["app:my-project:app-session:\("other".sha256)"] = World.appSession(
            expireAt: TokenMint.now + .seconds(400))
        let requests = ["app_session=\(World.appSession)", "app_session=other", "app_session=\(World.appSession)"]
        let ends = requests.map { cookie in
            AssertionTests.parts(of: AssertionTests.token(in: desk.ask(cookies: [cookie]))).payload.suffix(11)
        }
        #expect(ends == ["1800000040}", "1800000300}", "1800000040}"])
    }

    @Test func `one that is longer than a value may be makes the outcome unknown`() {
        var mint = TokenMint()
        mint.claims["https://authgear.com/claims/user/roles"] =
            "[" + (0..<700).map { "\"role-\($0)\"" }.joined(separator: ",") + "]"
        var desk = AssertionTests.desk()
        let bearer = ResolverTokenTests.bearer(mint.token)
        for _ in 0..<2 { #expect(desk.ask(authorization: bearer) == Desk.unknown(.answerTooLong)) }
        let long = desk.resolver.takeLongAnswers()
        #expect(long?.last.header == AssertionTests.name && long?.last.limit == 8 << 10)
        var settings = desk.settings
        settings.format.maximumValueLength = 32 << 10
        desk.resolver.adopt(settings)
        let token = AssertionTests.token(in: desk.ask(authorization: bearer))
        #expect(token?.utf8.count == long?.last.bytes)
    }

    @Test func `an answer is counted with its assertion`() {
        var desk = AssertionTests.desk()
        var plain = AssertionTests.desk()
        var settings = plain.settings
        settings.assertion = nil
        plain.resolver.adopt(settings)
        let lines = desk.ask(authorization: AssertionTests.bearer)
        _ = plain.ask(authorization: AssertionTests.bearer)
        let more = desk.resolver.tokenCacheFigures.bytes - plain.resolver.tokenCacheFigures.bytes
        #expect(more > (AssertionTests.token(in: lines) ?? "").utf8.count)
        #expect(more < 2_048)
    }
}
