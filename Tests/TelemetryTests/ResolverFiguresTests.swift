import Authentication
import Bytes
import Fixtures
import HTTP1
import JOSE
import Telemetry
import Testing

@Suite struct ResolverFiguresTests {
    /// A resolver of the tokens that `TokenMint` makes, with room for one in its cache.
    private static func resolver() -> Resolver {
        Resolver(
            ResolverSettings(
                issuers: [TokenMint.trustedIssuer()], maximumTokenBytes: 16 << 10, sessions: nil,
                format: AnswerFormat(amrSeparator: UInt8(ascii: ","), maximumValueLength: 8 << 10),
                caches: CacheRules(
                    tokens: CacheBound(entries: 1, bytes: 1 << 20), sessions: CacheBound(entries: 1, bytes: 1 << 20),
                    sessionMaximumAge: .seconds(60))),
            keys: TokenMint.ring(), renderer: HTTP1Renderer())
    }

    private static func ask(_ resolver: inout Resolver, with token: [UInt8]) {
        let field = Array("Bearer ".utf8) + token
        var request = ResolveRequest(.resolve)
        request.fields.authorization = FieldValue(start: 0, end: field.count)
        _ = resolver.resolve(request, in: field.span.bytes, now: Moment(steady: 0, timestamp: TokenMint.now))
    }

    /// What a loop counted that saw one token twice, another once, and an expired one.
    private static func figures() -> ResolverFigures {
        var resolver = resolver()
        var mint = TokenMint()
        ask(&resolver, with: mint.token)
        ask(&resolver, with: mint.token)
        mint.claims["sub"] = #""another""#
        ask(&resolver, with: mint.token)
        mint.claims["exp"] = "1"
        ask(&resolver, with: mint.token)
        return ResolverFigures(resolver)
    }

    private static func page(_ figures: ResolverFigures) throws -> Exposition {
        var page = PrometheusPage()
        figures.write(to: &page)
        return try Exposition(page.text)
    }

    @Test func `the page has what the resolver counted`() throws {
        let page = try Self.page(Self.figures())
        #expect(page.family(Metric.tokenCacheHits.name)?.value() == 1)
        #expect(page.family(Metric.tokenCacheMisses.name)?.value() == 3)
        #expect(page.family(Metric.tokenCacheEvictions.name)?.value() == 1)
        #expect(page.family(Metric.tokenCacheEntries.name)?.value() == 1)
        #expect(try #require(page.family(Metric.tokenCacheBytes.name)?.value()) > 0)
        #expect(page.family(Metric.sessionCacheEntries.name)?.value() == 0)
        let refusals = try #require(page.family(Metric.refusals.name))
        #expect(refusals.value(["credential": "token", "reason": "\(TokenRefusal.expired.reason)"]) == 1)
        #expect(refusals.samples.map(\.value).reduce(0, +) == 1)
    }

    @Test func `figures of several loops add up, each of them`() throws {
        let one = Self.figures()
        var three = one
        three.merge(one)
        three.merge(one)
        let (single, triple) = (try Self.page(one), try Self.page(three))
        #expect(single.families.map(\.name) == triple.families.map(\.name))
        for (one, three) in zip(single.families, triple.families) {
            #expect(three.samples.map(\.value) == one.samples.map { $0.value * 3 })
        }
    }
}
