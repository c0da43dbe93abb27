import Bytes
import ExtAuthz
import Fixtures
import HTTP1
import Testing

@Suite struct CallTests {
    private static func head(_ fields: [(String, String)]) -> CallHead {
        CallHead(in: Array(fields.map { "\($0):\($1)\r\n" }.joined().utf8).span.bytes)
    }

    @Test(arguments: [
        ("/envoy.service.auth.v3.Authorization/Check", CallHead.Method.check),
        ("/grpc.health.v1.Health/Check", .health),
        ("/grpc.health.v1.Health/Watch", .other), ("/envoy.service.auth.v2.Authorization/Check", .other), ("/", .other),
    ])
    func `a method is known by its path`(path: String, method: CallHead.Method) {
        #expect(Self.head([(":method", "POST"), (":path", path)]).method == method)
    }

    @Test(arguments: [
        ("POST", "application/grpc", true), ("POST", "Application/gRPC+proto", true),
        ("POST", "application/grpc;a=b", true), ("POST", "application/grpc-web", false), ("POST", "text/html", false),
        ("GET", "application/grpc", false),
    ])
    func `a call is a POST of its media type`(method: String, type: String, isCall: Bool) {
        #expect(Self.head([(":method", method), ("content-type", type)]).isCall == isCall)
    }

    @Test(
        arguments: [
            ("1H", 3_600_000_000_000), ("2M", 120_000_000_000), ("3S", 3_000_000_000), ("250m", 250_000_000),
            ("99999999u", 99_999_999_000), ("0n", 0), ("99999999H", .max), ("1", nil), ("S", nil),
            ("-1S", nil), ("1s", nil), ("123456789S", nil), ("", nil),
        ] as [(String, Int64?)])
    func `a timeout has at most eight digits and a unit`(text: String, nanoseconds: Int64?) {
        #expect(Self.head([("grpc-timeout", text)]).timeout == nanoseconds)
    }

    @Test func `of several fields of a trace's state one is made, and of two that name a trace none`() {
        let state = Array(String(repeating: "tracestate:a=b\r\n", count: 900).utf8)
        let lines = Array("tracestate:a=b\r\ntraceparent:1\r\ntracestate:c=d\r\n".utf8)
        #expect(CallHead(in: lines.span.bytes, readingTraces: true).traceState == Array("a=b,c=d".utf8))
        #expect(CallHead(in: lines.span.bytes, readingTraces: true).traceParent == Array("1".utf8))
        #expect(CallHead(in: (lines + lines).span.bytes, readingTraces: true).traceParent == [])
        #expect((513..<2_000).contains(CallHead(in: state.span.bytes, readingTraces: true).traceState?.count ?? 0))
        #expect(CallHead(in: lines.span.bytes).traceState == nil)
    }

    @Test func `the first place that says anything is the one that counts`() throws {
        let fallback = CheckMode(.require, policy: "a")
        #expect(try CheckMode(.init(), .init(), else: fallback) == fallback)
        #expect(try CheckMode(.init(), .init(endpoint: "resolve"), else: fallback) == CheckMode(.resolve))
        #expect(
            try CheckMode(.init(policy: "b"), .init(endpoint: "resolve"), else: fallback)
                == CheckMode(.require, policy: "b"))
        #expect(
            try CheckMode(.init(endpoint: "resolve", policy: "b"), .init(), else: fallback)
                == CheckMode(.resolve, policy: "b"))
        #expect(throws: CheckMode.Unknown.self) { try CheckMode(.init(endpoint: "Resolve"), .init(), else: fallback) }
        let metadata = Self.head([("x-authgear-endpoint", "require"), ("x-authgear-policy", "p")])
        #expect(metadata.mode == CheckMode.Words(endpoint: "require", policy: "p"))
    }

    @Test(
        arguments: [
            ([], CallFrame.Fault.notOne), ([0, 0, 0, 0], .notOne), ([0, 0, 0, 0, 1], .notOne),
            ([1, 0, 0, 0, 0], .compressed),
            ([2, 0, 0, 0, 0], .notOne), ([0, 0, 0, 0, 0, 0], .notOne), ([0, 0xFF, 0xFF, 0xFF, 0xFF, 1], .notOne),
            ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0], .notOne),
        ] as [([UInt8], CallFrame.Fault)])
    func `a body that is not one message is refused`(body: [UInt8], fault: CallFrame.Fault) {
        #expect(throws: fault) { try CallFrame.message(in: body.span.bytes) }
    }

    @Test(arguments: [0, 1, 255, 256, 70_000])
    func `a message is found in what is written around it`(count: Int) throws {
        let body = CallFrame.bytes(of: [UInt8](repeating: 7, count: count))
        #expect(try CallFrame.message(in: body.span.bytes) == 5..<count + 5)
    }

    @Test(arguments: [
        ("", true), ("envoy.service.auth.v3.Authorization", true), ("other", false),
    ])
    func `health is asked about a service, or about all`(service: String, isKnown: Bool) throws {
        #expect(try HealthCheck.isAboutUs(CheckMessages.field(1, service).span.bytes) == isKnown)
        #expect(throws: MalformedMessage.self) { try HealthCheck.isAboutUs(([0x0A] as [UInt8]).span.bytes) }
    }
}
