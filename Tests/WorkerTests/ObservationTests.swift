import Authentication
import ExtAuthz
import Fixtures
import HTTP1
import JOSE
import Testing
import Traces
import Worker

/// Requests that a collector and the log are told of (contract section 31).
@Suite struct ObservationTests {
    private static let parentRule = ObservationRules(sampling: .parent)
    private static let all = ObservationRules(sampling: .share(TraceShare(1)))

    private func gateway(_ audience: Audience, answer: RecordReply? = nil) throws -> EmbeddedGateway {
        try EmbeddedGateway(Audience.limits, answer: answer, telling: audience)
    }

    @Test func `a request of a trace that is kept is a span of it`() throws {
        let audience = Audience(Self.parentRule)
        let gateway = try gateway(audience)
        gateway.send(Stage.get("/require", TraceFields.line() + "tracestate: a=b\r\n"))
        #expect(gateway.received() == Stage.stranger)
        gateway.sweep()
        let spans = try audience.collect()
        let span = try #require(spans.first)
        #expect(spans.count == 1)
        #expect((span.trace, span.parent, span.state) == (TraceFields.trace, TraceFields.parent, "a=b"))
        #expect((span.name, span.kind, span.flags, span.status) == ("resolve", 2, 0x301, 0))
        #expect(
            span.attributes == ["http.response.status_code": .number(401), "authgear.outcome": .text("none")])
    }

    @Test(arguments: [
        "", TraceFields.line("00"), TraceFields.line() + TraceFields.line(), TraceFields.line("01-"),
        "traceparent: \r\n", "tracestate: a=b\r\n", "traceparent: 01-\(TraceFields.value().dropFirst(3))\r\n",
    ])
    func `a request of none is no span`(fields: String) throws {
        let audience = Audience(Self.parentRule)
        let gateway = try gateway(audience)
        gateway.send(Stage.get("/resolve", fields))
        #expect(gateway.received() == Stage.none)
        gateway.sweep()
        #expect(audience.spans.take().isEmpty)
    }

    @Test func `with a share of all, who begins no trace is in one of his own`() throws {
        let audience = Audience(Self.all)
        let gateway = try gateway(audience)
        gateway.send(Stage.get() + Stage.get("/resolve", TraceFields.line("00")) + Stage.get())
        gateway.sweep()
        let spans = try audience.collect()
        #expect(spans.map(\.parent) == ["", TraceFields.parent, ""])
        #expect(spans[1].trace == TraceFields.trace)
        #expect(Set(spans.map(\.trace)).count == 3)
        #expect(Set(spans.map(\.id)).count == 3)
    }

    /// Fields of a state, and what of them is handed on.
    static let states: [(fields: [String], handedOn: String)] = [
        (["a=b", "c=d"], "a=b,c=d"), (["a=b, c=d ", "\te=f", "", "g=h"], "a=b, c=d,e=f,,g=h"),
        (["", "a=b"], "a=b"), (["a=b", "c"], ""), (["a", "b=c"], ""), (["a=\u{E9}", "b=c"], ""),
        (Array(repeating: "a=" + String(repeating: "v", count: 200), count: 3), ""),
        (["a=" + String(repeating: "v", count: 600), "b=c"], ""),
        (["b=c", "a=" + String(repeating: "v", count: 600)], ""),
        (["a=" + String(repeating: "v", count: 600)], ""),
        ((1...32).map { "k\($0)=v" }, (1...32).map { "k\($0)=v" }.joined(separator: ",")),
        ((1...33).map { "k\($0)=v" }, ""),
    ]

    @Test(arguments: states) func `several fields of a state are one list, within the same bounds`(
        row: (fields: [String], handedOn: String)
    ) throws {
        let audience = Audience(Self.parentRule)
        let gateway = try gateway(audience)
        let fields = row.fields.map { "TraceState:\($0)\r\nx-tracestate: n=o\r\n" }.joined()
        gateway.send(Stage.get("/resolve", fields + TraceFields.line()))
        gateway.sweep()
        #expect(try audience.collect().map(\.state) == [row.handedOn])
    }

    @Test func `waits for records are spans within, and a path that is none of ours is no span`() throws {
        let audience = Audience(Self.all)
        let gateway = try gateway(audience)
        gateway.send(Stage.get("/elsewhere", TraceFields.line()))
        gateway.send(Stage.get("/resolve", TraceFields.line() + Stage.cookie))
        gateway.reply(Stage.session)
        gateway.reply(Stage.user)
        gateway.sweep()
        let spans = try audience.collect()
        #expect(spans.map(\.name) == ["resolve", "redis.get", "redis.get"])
        let root = try #require(spans.first)
        #expect(spans.dropFirst().allSatisfy { $0.parent == root.id && $0.trace == TraceFields.trace && $0.kind == 3 })
        #expect(spans.dropFirst().allSatisfy { $0.start >= root.start && $0.end <= root.end })
        #expect(
            root.attributes == [
                "http.response.status_code": .number(200), "authgear.outcome": .text("valid"),
                "authgear.credential": .text("session"), "authgear.cache": .text("miss"),
            ])
    }

    @Test func `what a store in memory answers is no wait`() throws {
        let audience = Audience(Self.all)
        let gateway = try gateway(audience, answer: .unavailable(.timedOut))
        gateway.send(Stage.get("/resolve", Stage.cookie))
        gateway.sweep()
        let spans = try audience.collect()
        #expect(spans.map(\.name) == ["resolve"])
        #expect(spans.first?.status == 2)
        #expect(
            spans.first?.attributes == [
                "http.response.status_code": .number(503), "authgear.outcome": .text("unknown"),
                "authgear.credential": .text("session"), "authgear.reason": .text("store_timed_out"),
                "authgear.cache": .text("miss"),
            ])
    }

    @Test func `a refused credential is named with its reason, the first of several`() throws {
        let audience = Audience(Self.all)
        let gateway = try gateway(audience)
        gateway.send(Stage.get("/require", "Cookie: app_session=gone; session=a8c1.secret\r\n"))
        gateway.reply(.missing)
        gateway.reply(.unavailable(.timedOut))
        gateway.send(Stage.get("/require", "Cookie: app_session=gone; session=a8c1.secret\r\n"))
        gateway.reply(.missing)
        gateway.reply(.missing)
        gateway.sweep()
        let spans = try audience.collect().filter { $0.name == "resolve" }
        // What could not be checked is what the answer rests on.
        #expect(spans.map { $0.attributes["authgear.outcome"] } == [.text("unknown"), .text("invalid")])
        #expect(spans.map { $0.attributes["authgear.credential"] } == [.text("session"), .text("app_session")])
        #expect(spans.map { $0.attributes["authgear.reason"] } == [.text("store_timed_out"), .text("not_found")])
    }

    @Test func `who waits too long, and a key that is looked for, are told of as well`() throws {
        var mint = TokenMint()
        (mint.claims["iat"], mint.claims["exp"]) = ("1700000000", "9000000000")
        let audience = Audience(Self.all)
        let gateway = try EmbeddedGateway(Audience.limits, issuers: [TokenMint.trustedIssuer()], telling: audience)
        gateway.send(Stage.get("/resolve", "Authorization: Bearer \(String(decoding: mint.token, as: UTF8.self))\r\n"))
        gateway.find(.unavailable)
        gateway.sweep()
        let spans = try audience.collect()
        #expect(spans.map(\.name) == ["resolve", "jwks.wait"])
        #expect(spans.map(\.kind) == [2, 1])
        #expect(spans[0].attributes["authgear.credential"] == .text("token"))
        #expect(spans[0].attributes["authgear.reason"] == .text("keys_not_loaded"))
    }

    @Test func `requests of HTTP/2 are told of as those of HTTP/1 are`() throws {
        let audience = Audience(Self.parentRule)
        let served = try HTTP2Gateway(Audience.limits, telling: audience)
        let fields = [
            ("tracestate", "a=b"), ("traceparent", TraceFields.value()), ("cookie", "session=a8c1.secret"),
            ("tracestate", "c=d"),
        ]
        let first = served.client.request("/resolve", fields)
        served.settle()
        served.gateway.reply(.missing)
        served.settle()
        #expect(served.client.answer(first).status == 200)
        served.gateway.sweep()
        let spans = try audience.collect()
        #expect(spans.map(\.name) == ["resolve", "redis.get"])
        #expect(spans.first?.parent == TraceFields.parent && spans.first?.state == "a=b,c=d")
    }

    @Test(
        arguments: [
            ([("traceparent", TraceFields.value())], [], TraceFields.parent),
            ([], [("traceparent", TraceFields.value())], TraceFields.parent),
            (
                [("traceparent", TraceFields.value().replacing(TraceFields.parent, with: "00000000000000aa"))],
                [("traceparent", TraceFields.value())], "00000000000000aa"
            ),
            ([("traceparent", "00-x")], [("traceparent", TraceFields.value())], TraceFields.parent),
        ] as [([(String, String)], [(String, String)], String)])
    func `a call's own trace comes before that of the request that it asks about`(
        metadata: [(String, String)], fields: [(String, String)], parent: String
    ) throws {
        let audience = Audience(Self.parentRule)
        let served = try HTTP2Gateway(
            Audience.limits, speaking: .calls(CheckMode(.resolve)), telling: audience)
        let message = CheckMessages.request(fields)
        let length = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: message.count >> $0) }
        _ = served.client.request(
            "/envoy.service.auth.v3.Authorization/Check", method: "POST",
            [("content-type", "application/grpc"), ("te", "trailers")] + metadata, body: [0] + length + message)
        served.settle()
        served.gateway.sweep()
        #expect(try audience.collect().map(\.parent) == [parent])
    }

    @Test func `spans for which there is no room are dropped with their parts, and counted`() throws {
        let audience = Audience(Self.all)
        let gateway = try gateway(audience)
        #expect(audience.spans.reserve(SpanQueue.capacity - 1))
        gateway.send(Stage.get("/resolve", Stage.cookie))
        gateway.reply(.missing)
        #expect(audience.spans.droppedCount == 2)
        gateway.send(Stage.get())
        #expect(audience.spans.droppedCount == 2)
        gateway.send(Stage.get() + Stage.get())
        #expect(audience.spans.droppedCount == 4)
        gateway.sweep()
        #expect(try audience.collect().count == 1)
        gateway.send(Stage.get())
        gateway.sweep()
        #expect(try audience.collect().count == 1)
    }

    @Test func `the log is told of a share of requests, with their traces`() throws {
        let audience = Audience(ObservationRules(sampling: .parent, loggedShare: 1))
        let gateway = try gateway(audience)
        gateway.send(Stage.get() + Stage.get("/resolve", TraceFields.line("00") + Stage.cookie))
        gateway.reply(.missing)
        gateway.sweep()
        #expect(audience.samples.map { "\($0.outcome)" } == ["none", "invalid"])
        #expect(audience.samples.map { $0.reason.map { "\($0)" } } == [nil, "not_found"])
        #expect(audience.samples.map { $0.trace?.text } == [nil, TraceFields.trace])
        #expect(audience.samples.allSatisfy { $0.microseconds >= 0 })
        #expect(audience.spans.take().isEmpty)
    }

    @Test func `other rules count from the next request on`() throws {
        let audience = Audience(ObservationRules())
        let gateway = try gateway(audience)
        gateway.send(Stage.get("/resolve", TraceFields.line()))
        gateway.post(
            .perform { context in
                context.adopt(Audience.limits, Stage.settings(), keys: .empty([]), observing: Self.parentRule)
            })
        gateway.send(Stage.get("/resolve", TraceFields.line()))
        gateway.sweep()
        #expect(try audience.collect().count == 1)
    }
}
