import Fixtures
import Foundation
import Testing

extension IntegrationTests {
    /// Spans of requests, as a collector gets them (contract section 31).
    @Suite struct TracingTests {
        private static let trace = "0af7651916cd43dd8448eb211c80319c"
        private static let parent = "b7ad6b7169203331"
        private static let traced = "traceparent: 00-\(trace)-\(parent)-01"

        private static func configuration(_ collector: Address, sample: String = "parent") -> String {
            """
            threads: 1
            issuers: [{ issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_uri: "http://127.0.0.1:1/jwks" }]
            sessions: { store: none }
            tracing: { otlp: "http://\(collector)", sample: \(sample) }
            jwks: { wait: 0s }

            """
        }

        private func dropped(_ resolver: ResolverServer) throws -> Double {
            try resolver.metric("trace_spans_dropped_total")
        }

        @Test func `a request of a trace that is kept arrives at the collector, and no token does`() throws {
            let issuer = try IssuerServer(keys: Mint.keySet())
            let collector = try CollectorServer()
            let resolver = try ResolverServer(
                Self.configuration(collector.address).replacing("http://127.0.0.1:1/jwks", with: issuer.keysURL))
            try resolver.becomeReady()
            let token = try Mint.token()
            for fields in [Self.traced, "traceparent: 00-\(Self.trace)-\(Self.parent)-00", "X-Other: 1"] {
                let answer = try HTTPConnection.get(
                    resolver.ipv4, "/require", fields, "tracestate: a=b", "Authorization: Bearer \(token)")
                #expect(answer.status == 200)
            }
            let spans = try eventually("a span; the resolver wrote:\n\(resolver.process.output)") {
                let spans = try collector.spans()
                return spans.isEmpty ? nil : spans
            }
            let span = try #require(spans.first)
            #expect(spans.count == 1)
            #expect((span.trace, span.parent, span.state) == (Self.trace, Self.parent, "a=b"))
            #expect((span.name, span.kind) == ("resolve", 2))
            #expect(span.end > span.start, "it took some time")
            let now = UInt64(Date().timeIntervalSince1970) * 1_000_000_000
            #expect((now - 600_000_000_000...now + 600_000_000_000).contains(span.start))
            #expect(
                span.attributes == [
                    "http.response.status_code": .number(200), "authgear.outcome": .text("valid"),
                    "authgear.credential": .text("token"), "authgear.cache": .text("miss"),
                    "authgear.issuer": .number(0),
                ])
            #expect(span.resource["service.name"] == .text("authgear-resolver"))
            #expect(try dropped(resolver) == 0)
        }

        @Test func `a collector that is away costs requests nothing, and what does not fit is counted`() throws {
            let collector = Address.ipv4(try FreePort.take())
            let resolver = try ResolverServer(Self.configuration(collector, sample: "1"))
            let connection = try HTTPConnection(to: resolver.ipv4)
            let request = "GET /resolve HTTP/1.1\r\nHost: a\r\n\r\n"
            for _ in 0..<30 {
                try connection.send(String(repeating: request, count: 100))
                for _ in 0..<100 { #expect(try connection.response().status == 200) }
            }
            // 3,000 requests, of which 2,048 wait.
            #expect(try dropped(resolver) == 952)
            let back = try CollectorServer(at: collector)
            _ = try eventually("the spans that wait; the resolver wrote:\n\(resolver.process.output)") {
                try back.spans().count == 2_048 ? true : nil
            }
            #expect(back.batches.allSatisfy { $0 <= 512 })
            #expect(back.batches.count <= 7, "\(back.batches)")
            #expect(Set(try back.spans().map(\.id)).count == 2_048)
            #expect(try dropped(resolver) == 952)
            let output = resolver.process.output
            #expect(output.contains("spans can't be sent to the collector"))
        }

        @Test func `what a collector has no time for is sent again, and what it refuses is not`() throws {
            let collector = try CollectorServer(refusingWith: ["503 Service Unavailable", "400 Bad Request"])
            let resolver = try ResolverServer(Self.configuration(collector.address, sample: "1"))
            _ = try HTTPConnection.get(resolver.ipv4, "/resolve")
            _ = try eventually("the refusal to be counted; the resolver wrote:\n\(resolver.process.output)") {
                try dropped(resolver) == 1 ? true : nil
            }
            #expect(try collector.spans().isEmpty)
            _ = try HTTPConnection.get(resolver.ipv4, "/resolve")
            _ = try eventually("the next span") { try collector.spans().count == 1 ? true : nil }
            #expect(try dropped(resolver) == 1)
        }

        @Test func `the last spans are sent before the process ends, and a reload begins and ends it all`() throws {
            let collector = try CollectorServer()
            let configuration = Self.configuration(collector.address, sample: "100%")
            let resolver = try ResolverServer(configuration, control: true)
            let ask = { _ = try HTTPConnection.get(resolver.ipv4, "/resolve", Self.traced) }
            try ask()
            let without = configuration.split(separator: "\n").filter { !$0.hasPrefix("tracing") }
            for next in [without.joined(separator: "\n"), configuration] {
                try resolver.rewrite(next)
                let reload = try resolver.reload()
                #expect(reload.status == 0, "\(reload.output)")
                try ask()
            }
            resolver.process.signal(SIGTERM)
            _ = try eventually("the resolver to end") { resolver.process.status() }
            // The first was dropped with the collector that the reload took away, unless it had left by then.
            #expect((1...2).contains(try collector.spans().count))
        }

        @Test func `a share of requests has a line of the log, with the trace`() throws {
            let collector = try CollectorServer()
            let resolver = try ResolverServer(Self.configuration(collector.address), level: "info, sample: 100%")
            _ = try HTTPConnection.get(resolver.ipv4, "/resolve", Self.traced)
            _ = try HTTPConnection.get(
                resolver.ipv4, "/resolve", "Authorization: Bearer e30.e30.e30")
            let lines = try eventually("the lines; it wrote:\n\(resolver.process.output)") {
                let lines = resolver.process.output.split(separator: "\n").filter { $0.contains(" a request ") }
                return lines.count == 2 ? lines : nil
            }
            #expect(
                lines[0].contains(
                    /info a request microseconds=\d+ outcome=none trace_id=0af7651916cd43dd8448eb211c80319c$/))
            #expect(lines[1].contains(/info a request microseconds=\d+ outcome=invalid reason=\w+$/), "\(lines[1])")
        }
    }
}
