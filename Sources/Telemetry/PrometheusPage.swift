/// One answer of `/metrics`: Prometheus text, exposition format 0.0.4.
///
/// Takes the metrics' descriptions and their samples; gives text. A metric's HELP and TYPE are written once, before its
/// first sample, so samples of one metric are added one after another.
package struct PrometheusPage {
    package private(set) var text = ""
    /// The metric whose samples are being written.
    private var current: Metric?

    package init() {}

    /// Adds one sample. Label values are escaped; there are as many as the metric has labels.
    package mutating func add(_ metric: Metric, labels: [String] = [], value: Int) {
        line(of: metric, suffix: "", pairs: zip(metric.labels, labels), value: String(value))
    }

    /// Adds one sample of a gauge in seconds.
    package mutating func add(_ metric: Metric, labels: [String] = [], seconds: Double) {
        line(of: metric, suffix: "", pairs: zip(metric.labels, labels), value: "\(seconds)")
    }

    /// Adds a histogram: its buckets (cumulative), sum and count.
    package mutating func add(_ metric: Metric, histogram: DurationHistogram) {
        var cumulative = 0
        for (index, bound) in DurationHistogram.boundNames.enumerated() {
            cumulative += histogram.counts[index]
            line(of: metric, suffix: "_bucket", pairs: zip(["le"], [bound]), value: String(cumulative))
        }
        line(of: metric, suffix: "_sum", pairs: zip([], []), value: "\(Double(histogram.sumNanoseconds) / 1e9)")
        line(of: metric, suffix: "_count", pairs: zip([], []), value: String(cumulative))
    }

    private mutating func line(
        of metric: Metric, suffix: String, pairs: Zip2Sequence<[String], [String]>, value: String
    ) {
        if current?.name != metric.name {
            text += "# HELP \(metric.name) \(metric.help)\n# TYPE \(metric.name) \(metric.kind.rawValue)\n"
            current = metric
        }
        let labels = pairs.map { name, value in "\(name)=\"\(Self.escape(value))\"" }.joined(separator: ",")
        text += "\(metric.name)\(suffix)\(labels.isEmpty ? "" : "{\(labels)}") \(value)\n"
    }

    private static func escape(_ value: String) -> String {
        var escaped = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
