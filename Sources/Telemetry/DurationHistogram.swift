/// How long something took, as counts in fixed buckets. A plain value that one event loop owns.
package struct DurationHistogram: Sendable {
    /// The upper bounds in nanoseconds; the last bucket has none.
    package static let bounds: [Int64] = [
        10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
        1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000,
        100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000,
    ]

    /// The same as Prometheus writes them, in seconds.
    package static let boundNames = [
        "0.00001", "0.000025", "0.00005", "0.0001", "0.00025", "0.0005",
        "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05",
        "0.1", "0.25", "0.5", "1", "2.5", "+Inf",
    ]

    /// The same as OpenMetrics writes them: each float in one way alone (OpenMetrics 1.0.0, canonical numbers).
    package static let canonicalBoundNames = [
        "1e-05", "2.5e-05", "5e-05", "0.0001", "0.00025", "0.0005",
        "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05",
        "0.1", "0.25", "0.5", "1.0", "2.5", "+Inf",
    ]

    /// One count per bucket, not cumulative.
    package private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    package private(set) var sumNanoseconds: Int64 = 0

    package init() {}

    /// - Parameter times: how many took that long.
    package mutating func record(nanoseconds: Int64, times: Int = 1) {
        sumNanoseconds &+= nanoseconds &* Int64(times)
        let bounds = Self.bounds
        var bucket = 0
        while bucket < bounds.count, nanoseconds > bounds[bucket] { bucket += 1 }
        counts[bucket] += times
    }

    /// Adds another loop's counts to these.
    package mutating func merge(_ other: DurationHistogram) {
        sumNanoseconds &+= other.sumNanoseconds
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    /// How long a share of them took at most, in seconds: within its bucket, by how far into it the share reaches. What took longer
    /// than the last bound counts as that.
    ///
    /// - Parameters:
    ///   - share: 0.5 for the median.
    ///   - earlier: what had been counted before; these don't count.
    /// - Returns: nil where nothing has come since.
    package func quantile(_ share: Double, since earlier: DurationHistogram = DurationHistogram()) -> Double? {
        let counts = zip(counts, earlier.counts).map { max(0, $0 - $1) }
        let rank = share * Double(counts.reduce(0, +))
        guard rank > 0 else { return nil }
        var (before, lower) = (0.0, 0.0)
        for (count, bound) in zip(counts, Self.bounds) {
            let upper = Double(bound) / 1e9
            if before + Double(count) >= rank { return lower + (upper - lower) * (rank - before) / Double(count) }
            (before, lower) = (before + Double(count), upper)
        }
        return lower
    }
}
