import AuthgearResolver
import Questions
import Testing
import Traces
import Worker

/// `tracing` and `log.sample`: who is told of single requests.
@Suite struct TracingConfigurationTests {
    private static let issuer = "issuers: [{ issuer: \"https://id.example\", audiences: [a] }]\n"

    @Test func `without them nobody is told of any request`() throws {
        let read = try configuration(Self.issuer)
        #expect(read.tracing == nil)
        #expect(read.log.sample == 0)
        #expect(read.observation == ObservationRules())
    }

    @Test(arguments: [
        ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
        ("http://[::1]:4318/", "http://[::1]:4318/v1/traces"),
        ("https://otlp.example/otlp", "https://otlp.example/otlp/v1/traces"),
    ])
    func `spans are posted to the path that OTLP has behind the collector's address`(url: String, place: String) throws
    {
        let read = try configuration(Self.issuer + "tracing: { otlp: \"\(url)\" }\n")
        #expect(read.tracing?.endpoint.text == place)
        #expect(read.tracing?.sampling == .parent)
    }

    @Test(arguments: [
        ("parent", SamplingRule.parent), ("0", .share(TraceShare(0))), ("1", .share(TraceShare(1))),
        ("0.25", .share(TraceShare(0.25))), ("25%", .share(TraceShare(0.25))),
    ])
    func `traces are kept by who asks, or by a share`(word: String, rule: SamplingRule) throws {
        let read = try configuration(
            Self.issuer + "tracing: { otlp: https://otlp.example, sample: \(word) }\nlog: { sample: 1% }\n")
        #expect(read.observation == ObservationRules(sampling: rule, loggedShare: 0.01))
    }

    @Test func `another host is asked over http where that is said`() throws {
        let read = try configuration(Self.issuer + "tracing: { otlp: \"http://otlp.internal:4318\", insecure: true }\n")
        #expect(read.tracing?.endpoint.text == "http://otlp.internal:4318/v1/traces")
    }

    @Test(arguments: [
        ("tracing: { sample: parent }", "tracing.otlp: missing"),
        ("tracing: {\n  otlp: \"http://otlp.internal:4318\" }", "is http on a host that is not loopback"),
        ("tracing: { otlp: otlp.internal }", "tracing.otlp: \"otlp.internal\" is not an http or https URL"),
        ("tracing: { otlp: \"http://127.0.0.1:4318/v1/traces\" }", "has the path that is added to it"),
        ("tracing: { otlp: \"https://a.example/?b\" }", "has a query or a fragment"),
        ("tracing: { otlp: https://a.example, sample: always }", "\"always\" is neither parent nor a share"),
        ("tracing: { otlp: https://a.example, sample: 1.5 }", "tracing.sample: \"1.5\" is out of range"),
        ("tracing: { otlp: https://a.example, sampel: 1 }", "tracing.sampel: unknown key, did you mean sample?"),
        ("log: { sample: often }", "log.sample: \"often\" is not a share"),
    ])
    func `what is wrong is said`(text: String, words: String) {
        let report = report(Self.issuer + text + "\n")
        #expect(report.contains(words), "\(report)")
    }
}
