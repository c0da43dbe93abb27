import Fixtures
import Telemetry
import Testing

/// The page as OpenMetrics 1.0.0.
@Suite struct OpenMetricsTests {
    @Test func `a family has a name, a unit where it has one, and the page an end`() {
        var page = PrometheusPage(.openMetrics)
        page.add(.requests, labels: ["resolve", "valid"], value: 3)
        page.add(.requests, labels: ["require", "none"], value: 0)
        page.add(.connections, value: 7)
        page.add(.keySetAge, labels: ["a\"b"], seconds: 12.5)
        page.add(.tokenCacheBytes, value: 9)
        #expect(
            page.text == """
                # HELP authgear_resolver_requests \(Metric.requests.help)
                # TYPE authgear_resolver_requests counter
                authgear_resolver_requests_total{endpoint="resolve",outcome="valid"} 3
                authgear_resolver_requests_total{endpoint="require",outcome="none"} 0
                # HELP authgear_resolver_connections \(Metric.connections.help)
                # TYPE authgear_resolver_connections gauge
                authgear_resolver_connections 7
                # HELP authgear_resolver_key_set_age_seconds \(Metric.keySetAge.help)
                # TYPE authgear_resolver_key_set_age_seconds gauge
                # UNIT authgear_resolver_key_set_age_seconds seconds
                authgear_resolver_key_set_age_seconds{issuer="a\\"b"} 12.5
                # HELP authgear_resolver_token_cache_bytes \(Metric.tokenCacheBytes.help)
                # TYPE authgear_resolver_token_cache_bytes gauge
                # UNIT authgear_resolver_token_cache_bytes bytes
                authgear_resolver_token_cache_bytes 9
                # EOF

                """)
    }

    @Test func `a page without samples is its end`() {
        #expect(PrometheusPage(.openMetrics).text == "# EOF\n")
        #expect(PrometheusPage(.prometheus).text == "")
    }

    @Test func `bounds are the same numbers as in Prometheus text, written as a float is`() throws {
        var page = PrometheusPage(.openMetrics)
        page.add(.requestDuration, histogram: DurationHistogram())
        let bounds = page.text.matches(of: /_bucket\{le="([^"]+)"\} 0\n/).map { String($0.1) }
        #expect(bounds == DurationHistogram.canonicalBoundNames)
        for (own, other) in zip(bounds, DurationHistogram.boundNames) {
            let value = try #require(Double(own.replacing("+Inf", with: "inf")))
            #expect(value == Double(other.replacing("+Inf", with: "inf")))
            #expect(own == "+Inf" || own == "\(value)" || own == "\(value)".replacing("0e-", with: "e-"))
        }
    }

    /// OpenMetrics escapes quotes in help, and forbids families one of whose samples is called as another's.
    @Test func `no family needs an escape, and none is called as a sample of another`() {
        for metric in Metric.all { #expect(!metric.help.contains("\"")) }
        let families = Metric.all.map { $0.kind == .counter ? String($0.name.dropLast("_total".count)) : $0.name }
        #expect(Set(families).count == families.count)
        let reserved = families.flatMap { family in
            ["_total", "_created", "_bucket", "_sum", "_count", "_gcount", "_gsum"].map { family + $0 }
        }
        #expect(Set(reserved).isDisjoint(with: families))
    }
}
