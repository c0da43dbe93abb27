import Fixtures
import Telemetry
import Testing

@Suite struct PrometheusPageTests {
    @Test func `a metric is introduced once, before its first sample`() {
        var page = PrometheusPage()
        page.add(.requests, labels: ["resolve", "valid"], value: 3)
        page.add(.requests, labels: ["require", "none"], value: 0)
        page.add(.connections, value: 7)
        #expect(
            page.text == """
                # HELP authgear_resolver_requests_total \(Metric.requests.help)
                # TYPE authgear_resolver_requests_total counter
                authgear_resolver_requests_total{endpoint="resolve",outcome="valid"} 3
                authgear_resolver_requests_total{endpoint="require",outcome="none"} 0
                # HELP authgear_resolver_connections \(Metric.connections.help)
                # TYPE authgear_resolver_connections gauge
                authgear_resolver_connections 7

                """)
    }

    @Test(arguments: [
        (#"a"b"#, #"a\"b"#), (#"a\b"#, #"a\\b"#), ("a\nb", #"a\nb"#), (#"\""#, #"\\\""#),
        ("https://é.example", "https://é.example"),
        ("a\"} 1\nfake 2", #"a\"} 1\nfake 2"#),
    ])
    func `no label value gets out of its quotes`(value: String, written: String) {
        var page = PrometheusPage()
        page.add(.keySetKeys, labels: [value], value: 1)
        let sample = page.text.split(separator: "\n").last
        #expect(sample == #"authgear_resolver_key_set_keys{issuer="\#(written)"} 1"#)
    }

    @Test func `a gauge in seconds has its fraction`() {
        var page = PrometheusPage()
        page.add(.keySetAge, labels: ["i"], seconds: 12.5)
        #expect(page.text.hasSuffix("authgear_resolver_key_set_age_seconds{issuer=\"i\"} 12.5\n"))
    }

    @Test func `a histogram's buckets are cumulative, and the last is the count`() {
        var histogram = DurationHistogram()
        for nanoseconds: Int64 in [10_000, 20_000, 3_000_000_000] { histogram.record(nanoseconds: nanoseconds) }
        var page = PrometheusPage()
        page.add(.requestDuration, histogram: histogram)
        let lines = page.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        let name = "authgear_resolver_request_duration_seconds"
        #expect(lines.count == DurationHistogram.boundNames.count + 2)
        #expect(lines[0] == "\(name)_bucket{le=\"0.00001\"} 1")
        #expect(lines[1] == "\(name)_bucket{le=\"0.000025\"} 2")
        #expect(lines[16] == "\(name)_bucket{le=\"2.5\"} 2")
        #expect(lines[17] == "\(name)_bucket{le=\"+Inf\"} 3")
        #expect(lines[18] == "\(name)_sum 3.00003")
        #expect(lines[19] == "\(name)_count 3")
    }

    @Test(arguments: [
        "", "a\"b", "a\\b", "a\nb", "\\n", "a\"} 1\nfake 2", "\r\n", "\u{301}", "=,{}", "\u{0}", "https://é.example",
        "\\\"\n\\",
    ])
    func `a label value is read back as it was`(value: String) throws {
        var page = PrometheusPage()
        page.add(.keySetFetches, labels: [value, "changed"], value: 1)
        page.add(.keySetFetches, labels: [value + "x", "changed"], value: 2)
        let family = try #require(try Exposition(page.text).families.first)
        #expect(family.value(["issuer": value, "result": "changed"]) == 1)
        #expect(family.value(["issuer": value + "x", "result": "changed"]) == 2)
    }

    @Test(arguments: [0, 1e-9, 0.1, 12.5, 1e21, 86_400 * 365.25])
    func `seconds are read back exactly`(seconds: Double) throws {
        var page = PrometheusPage()
        page.add(.keySetAge, labels: ["i"], seconds: seconds)
        #expect(try Exposition(page.text).families.first?.value(["issuer": "i"]) == seconds)
    }

    @Test func `a histogram's buckets are the counts up to each bound`() throws {
        var histogram = DurationHistogram()
        for bound in DurationHistogram.bounds + [.max / 1024] { histogram.record(nanoseconds: bound) }
        var page = PrometheusPage()
        page.add(.requestDuration, histogram: histogram)
        let samples = try #require(try Exposition(page.text).families.first?.samples)
        let buckets = samples.dropLast(2)
        #expect(buckets.map(\.value) == (1...DurationHistogram.boundNames.count).map(Double.init))
        #expect(buckets.compactMap { $0.labels["le"] } == DurationHistogram.boundNames)
        let sum = Double(histogram.sumNanoseconds) / 1e9
        #expect(samples.suffix(2).map(\.value) == [sum, Double(DurationHistogram.boundNames.count)])
    }
}
