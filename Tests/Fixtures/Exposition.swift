/// Prometheus text, exposition format 0.0.4, read back. Stricter than Prometheus: what the format merely allows
/// (timestamps, comments, metrics without HELP or TYPE, empty lines) is refused, because our page has none of it.
package struct Exposition: Sendable {
    /// A metric with its samples, in the order of the page.
    package struct Family: Sendable {
        package var name: String
        package var help: String
        /// `counter`, `gauge` or `histogram`.
        package var kind: String
        package var samples: [Sample] = []

        /// The value of the sample with these labels, if there is one.
        package func value(_ labels: [String: String] = [:]) -> Double? {
            samples.first { $0.name == name && $0.labels == labels }?.value
        }
    }

    /// One line: `name{label="value"} 1`.
    package struct Sample: Hashable, Sendable {
        package var name: String
        package var labels: [String: String]
        package var value: Double
    }

    package private(set) var families: [Family] = []

    package init(_ text: String) throws(ExpositionError) {
        // By scalars: "\r\n" would be one character.
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.popLast()?.isEmpty == true else { throw .noFinalLineBreak }
        for line in lines { try read(line) }
        for family in families {
            guard !family.samples.isEmpty else { throw .noSample(family.name) }
            if family.kind == "histogram" { try Self.check(histogram: family) }
        }
    }

    package func family(_ name: String) -> Family? {
        families.first { $0.name == name }
    }

    private mutating func read(_ line: String) throws(ExpositionError) {
        var cursor = ExpositionCursor(line)
        if cursor.take("# HELP ") {
            guard let name = cursor.takeName(), cursor.take(" "), families.last?.kind != "" else {
                throw .malformed(line)
            }
            guard family(name) == nil else { throw .repeated(line) }
            families.append(Family(name: name, help: cursor.takeRest(), kind: ""))
        } else if cursor.take("# TYPE ") {
            guard let last = families.indices.last, families[last].kind.isEmpty, cursor.take(families[last].name + " ")
            else { throw .malformed(line) }
            families[last].kind = cursor.takeRest()
            guard ["counter", "gauge", "histogram"].contains(families[last].kind) else { throw .malformed(line) }
        } else {
            try append(cursor.takeSample(), from: line)
        }
    }

    private mutating func append(_ sample: Sample?, from line: String) throws(ExpositionError) {
        guard let sample, let last = families.indices.last, !families[last].kind.isEmpty else {
            throw .malformed(line)
        }
        let family = families[last]
        let suffixes = family.kind == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard suffixes.contains(where: { family.name + $0 == sample.name }) else { throw .misplaced(line) }
        guard !family.samples.contains(where: { $0.name == sample.name && $0.labels == sample.labels }) else {
            throw .repeated(line)
        }
        guard family.kind == "gauge" || sample.value >= 0 else { throw .malformed(line) }
        families[last].samples.append(sample)
    }

    /// Rising bounds up to +Inf, counts that never fall, then the sum, then the count, which is the last bucket's.
    private static func check(histogram family: Family) throws(ExpositionError) {
        let buckets = family.samples.dropLast(2)
        let bounds = buckets.compactMap { $0.labels["le"].flatMap(Double.init) }
        let rises = zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }
        let accumulates = zip(buckets, buckets.dropFirst()).allSatisfy { $0.value <= $1.value }
        guard buckets.allSatisfy({ $0.name == family.name + "_bucket" }), bounds.count == buckets.count, rises,
            accumulates, bounds.last == .infinity,
            family.samples.suffix(2).map(\.name) == [family.name + "_sum", family.name + "_count"],
            family.samples.suffix(2).allSatisfy(\.labels.isEmpty), family.samples.last?.value == buckets.last?.value
        else { throw .brokenHistogram(family.name) }
    }
}
