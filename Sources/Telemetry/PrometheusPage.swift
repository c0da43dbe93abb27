/// How a page of metrics is written.
package enum ExpositionFormat: Sendable {
    /// Prometheus text, exposition format 0.0.4.
    case prometheus
    /// OpenMetrics 1.0.0: counters without `_total` in their family's name, units, and an end that says that nothing is cut off.
    case openMetrics

    package var mediaType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }
}

/// One answer of `/metrics`.
///
/// Takes the metrics' descriptions and their samples; gives text. A metric's HELP and TYPE are written once, before its
/// first sample, so samples of one metric are added one after another. Hundreds of issuers are thousands of samples: each is written as
/// bytes, and no text is made of it before.
package struct PrometheusPage {
    private let format: ExpositionFormat
    private var lines: [UInt8] = []
    /// The metric whose samples are being written.
    private var current = ""

    package init(_ format: ExpositionFormat = .prometheus) {
        self.format = format
    }

    /// The whole page.
    package var bytes: [UInt8] {
        switch format {
        case .prometheus: lines
        case .openMetrics: lines + Array("# EOF\n".utf8)
        }
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Adds one sample. Label values are escaped; there are as many as the metric has labels.
    package mutating func add(_ metric: Metric, labels: [String] = [], value: Int) {
        begin(metric, labels: labels)
        end(with: "\(value)")
    }

    /// Adds one sample of a gauge in seconds.
    package mutating func add(_ metric: Metric, labels: [String] = [], seconds: Double) {
        begin(metric, labels: labels)
        end(with: "\(seconds)")
    }

    /// Adds a histogram: its buckets (cumulative), sum and count.
    package mutating func add(_ metric: Metric, histogram: DurationHistogram) {
        introduce(metric)
        var cumulative = 0
        for (count, bound) in zip(histogram.counts, DurationHistogram.boundNames(in: format)) {
            cumulative += count
            write(metric.name)
            write("_bucket{le=\"")
            write(bound)
            write("\"} ")
            end(with: "\(cumulative)")
        }
        write(metric.name)
        write("_sum ")
        end(with: "\(Double(histogram.sumNanoseconds) / 1e9)")
        write(metric.name)
        write("_count ")
        end(with: "\(cumulative)")
    }

    /// Writes a sample's line up to its value.
    private mutating func begin(_ metric: Metric, labels: [String]) {
        introduce(metric)
        write(metric.name)
        for place in metric.labels.indices where place < labels.count {
            write(place == 0 ? "{" : ",")
            write(metric.labels[place])
            write("=\"")
            writeEscaped(labels[place])
            write("\"")
        }
        write(labels.isEmpty ? " " : "} ")
    }

    private mutating func end(with value: String) {
        write(value)
        write("\n")
    }

    private mutating func introduce(_ metric: Metric) {
        guard current != metric.name else { return }
        current = metric.name
        let family = format == .openMetrics ? metric.family : metric.name
        write("# HELP \(family) \(metric.help)\n# TYPE \(family) \(metric.kind.rawValue)\n")
        if format == .openMetrics, let unit = metric.unit { write("# UNIT \(family) \(unit)\n") }
    }

    private mutating func write(_ text: String) {
        lines.append(contentsOf: text.utf8)
    }

    private mutating func writeEscaped(_ value: String) {
        let isPlain = value.utf8.allSatisfy { byte in
            byte != UInt8(ascii: "\\") && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\n")
        }
        guard !isPlain else { return write(value) }
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): write("\\\\")
            case UInt8(ascii: "\""): write("\\\"")
            case UInt8(ascii: "\n"): write("\\n")
            default: lines.append(byte)
            }
        }
    }
}

extension Metric {
    /// What OpenMetrics calls all of its samples together.
    fileprivate var family: String { kind == .counter ? String(name.dropLast("_total".count)) : name }

    /// What its samples count, as far as its family's name ends in it.
    fileprivate var unit: String? {
        ["seconds", "bytes"].first { family.hasSuffix("_" + $0) }
    }
}

extension DurationHistogram {
    /// The upper bounds as a format writes them.
    fileprivate static func boundNames(in format: ExpositionFormat) -> [String] {
        switch format {
        case .prometheus: boundNames
        case .openMetrics: canonicalBoundNames
        }
    }
}
