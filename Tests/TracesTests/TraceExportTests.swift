import Fixtures
import Testing
import Traces

/// What a collector is sent, read by one that takes nothing but what OTLP says.
@Suite struct TraceExportTests {
    private let trace = TraceID(high: 0x0af7_6519_16cd_43dd, low: 0x8448_eb21_1c80_319c)

    private func record(
        _ name: SpanName, parent: UInt64 = 0, isParentRemote: Bool = false, state: String = "",
        facts: RequestFacts? = nil
    ) throws -> SpanRecord {
        SpanRecord(
            trace: try #require(trace), id: 0x00f0_67aa_0ba9_02b7, parent: parent, isParentRemote: isParentRemote,
            name: name, start: 1_700_000_000_000_000_001, end: 1_700_000_000_000_250_001, state: Array(state.utf8),
            facts: facts)
    }

    @Test func `a span says whose it is, how long it took and what became of the request`() throws {
        var facts = RequestFacts(status: 403, outcome: "valid")
        (facts.credential, facts.reason, facts.isHit) = ("token", "scope", true)
        (facts.policy, facts.issuer) = ("admin", 300)
        let sent = TraceExport(
            [try record(.resolve, parent: 0xb7ad_6b71_6920_3331, isParentRemote: true, state: "a=b,c=d", facts: facts)],
            version: "1.2.3")
        let span = try #require(try CollectedSpan.all(in: sent.bytes).first)
        #expect(span.trace == "0af7651916cd43dd8448eb211c80319c")
        #expect(span.id == "00f067aa0ba902b7")
        #expect(span.parent == "b7ad6b7169203331")
        #expect((span.name, span.kind, span.status) == ("resolve", 2, 0))
        #expect((span.start, span.end) == (1_700_000_000_000_000_001, 1_700_000_000_000_250_001))
        #expect(span.state == "a=b,c=d")
        #expect(span.flags == 0x301)
        #expect(
            span.attributes == [
                "http.response.status_code": .number(403), "authgear.outcome": .text("valid"),
                "authgear.credential": .text("token"), "authgear.reason": .text("scope"),
                "authgear.cache": .text("hit"), "authgear.policy": .text("admin"), "authgear.issuer": .number(300),
            ])
        #expect(span.resource == ["service.name": .text("authgear-resolver"), "service.version": .text("1.2.3")])
    }

    @Test func `what is not known is not said, and an answer that is an error of ours is one`() throws {
        let facts = RequestFacts(status: 503, outcome: "unknown")
        let sent = TraceExport([try record(.resolve, facts: facts)], version: "1")
        let span = try #require(try CollectedSpan.all(in: sent.bytes).first)
        #expect((span.parent, span.state, span.status, span.flags) == ("", "", 2, 0x101))
        #expect(
            span.attributes == ["http.response.status_code": .number(503), "authgear.outcome": .text("unknown")])
    }

    @Test(arguments: [(SpanName.redisGet, "redis.get", 3), (.jwksWait, "jwks.wait", 1), (.question, "question", 3)])
    func `a wait is a span within`(name: SpanName, text: String, kind: UInt64) throws {
        let sent = TraceExport([try record(name, parent: 7)], version: "1")
        let span = try #require(try CollectedSpan.all(in: sent.bytes).first)
        #expect((span.name, span.kind, span.parent) == (text, kind, "0000000000000007"))
        #expect(span.attributes == [:])
    }

    @Test func `a batch has all of its spans in one message`() throws {
        let sent = TraceExport(try (0..<512).map { _ in try record(.resolve) }, version: "1")
        #expect(try CollectedSpan.all(in: sent.bytes).count == 512)
    }

    @Test(
        arguments: [
            ([], 0), ([0x0A, 0], 0), ([0x0A, 2, 8, 5], 5), ([0x0A, 3, 8, 0xAC, 2], 300),
            ([0x0A, 7, 0x12, 3, 0x61, 0x62, 0x63, 8, 9], 9), ([0x0A, 2, 8, 5, 0x0A, 2, 8, 6], 6),
            // What ends too early, is of another kind, or is below zero says nothing.
            ([0x0A, 3, 8, 5], 0), ([0x0A], 0), ([0x08, 5], 0), ([0x0A, 2, 0x0A, 0], 0), ([0x0B], 0),
            ([0x0A, 11, 8] + Array(repeating: 0xFF, count: 9) + [1], 0),
            ([0x0A, 11, 8] + Array(repeating: 0xFF, count: 10), 0),
            (Array("not found".utf8), 0),
        ] as [([UInt8], Int)])
    func `a collector says how many spans it does not keep`(reply: [UInt8], rejected: Int) {
        #expect(TraceReply.rejectedSpans(in: reply) == rejected)
    }
}
