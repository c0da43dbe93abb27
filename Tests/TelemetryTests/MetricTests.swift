import Fixtures
import Foundation
import Telemetry
import Testing

@Suite struct MetricTests {
    @Test func `no two metrics have the same name`() {
        #expect(Set(Metric.all.map(\.name)).count == Metric.all.count)
    }

    @Test func `the list has every metric that is declared`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let source = try String(contentsOf: root.appending(path: "Sources/Telemetry/Metric.swift"), encoding: .utf8)
        #expect(source.matches(of: /static let \w+ = Metric\(/).count == Metric.all.count)
    }

    @Test(arguments: Metric.all.map(\.name))
    func `a name has the program's prefix, or that of every process, and words with underscores`(name: String) {
        #expect(name.wholeMatch(of: /(authgear_resolver|process)(_[a-z]+)+/) != nil)
    }

    @Test func `what every process has is called as Prometheus' client libraries call it`() {
        #expect(
            Metric.all.map(\.name).filter { $0.hasPrefix("process_") } == [
                "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "process_max_fds",
                "process_start_time_seconds",
            ])
    }

    @Test(arguments: Metric.all)
    func `counters end in total, histograms and durations in their unit, and nothing ends in what a histogram adds`(
        metric: Metric
    ) {
        #expect(metric.name.hasSuffix("_total") == (metric.kind == .counter))
        if metric.kind == .histogram { #expect(metric.name.hasSuffix("_seconds")) }
        for suffix in ["_bucket", "_sum", "_count"] { #expect(!metric.name.hasSuffix(suffix)) }
    }

    @Test(arguments: Metric.all)
    func `labels are words, each once, and none is a histogram's own`(metric: Metric) {
        #expect(metric.labels.allSatisfy { $0.wholeMatch(of: /[a-z_0-9]+/) != nil && $0 != "le" && $0 != "quantile" })
        #expect(Set(metric.labels).count == metric.labels.count)
    }

    @Test(arguments: Metric.all)
    func `the help is a sentence that needs no escape`(metric: Metric) {
        #expect(metric.help.hasSuffix("."))
        #expect(metric.help.allSatisfy { $0.isASCII && $0 != "\\" && !$0.isNewline })
    }

    @Test(arguments: Metric.all)
    func `what a page says of a metric is read back`(metric: Metric) throws {
        var page = PrometheusPage()
        if metric.kind == .histogram {
            page.add(metric, histogram: DurationHistogram())
        } else {
            page.add(metric, labels: metric.labels, value: 3)
        }
        let family = try #require(try Exposition(page.text).families.first)
        #expect(family.name == metric.name)
        #expect(family.kind == metric.kind.rawValue)
        #expect(family.help == metric.help)
        let labels = Dictionary(uniqueKeysWithValues: metric.labels.map { ($0, $0) })
        if metric.kind != .histogram { #expect(family.value(labels) == 3) }
    }
}
