import Bytes
import Telemetry

/// What was counted in the last minutes, a sample every few seconds: bounded, and each figure worked out when it is asked for.
package struct StatusHistory: Sendable {
    /// What happened in the time between two samples.
    package struct Interval: Sendable {
        /// How long ago it ended, in seconds.
        package var age: Double
        /// Answers a second; so for the outcomes.
        package var requests: Double
        /// In the order of `Outcome`.
        package var outcomes: [Double]
        /// In seconds; nil where nothing was answered.
        package var p50: Double?
        package var p99: Double?
        /// Of what was looked up in a cache, the share that was there; nil where nothing was.
        package var hitRate: Double?
    }

    /// How far apart samples are.
    package static let pause = Duration.seconds(5)
    /// So many cover 15 minutes.
    package static let limit = 181

    /// The oldest first.
    private var samples: [StatusSample] = []

    package init() {}

    package var latest: StatusSample? { samples.last }

    /// Adds a sample, and forgets the oldest where there are too many. One that is no later than the last is left out.
    package mutating func add(_ sample: StatusSample) {
        if let last = samples.last, sample.at <= last.at { return }
        if samples.count >= Self.limit { samples.removeFirst(samples.count - Self.limit + 1) }
        samples.append(sample)
    }

    /// The oldest first.
    ///
    /// - Parameter now: the steady clock, in nanoseconds.
    package func intervals(at now: Int64) -> [Interval] {
        zip(samples, samples.dropFirst()).map { earlier, later in
            let seconds = later.seconds(since: earlier)
            return Interval(
                age: Double(max(0, now - later.at)) / 1e9,
                requests: Double(max(0, later.requests - earlier.requests)) / seconds,
                outcomes: zip(later.outcomes, earlier.outcomes).map { Double(max(0, $0 - $1)) / seconds },
                p50: later.durations.quantile(0.5, since: earlier.durations),
                p99: later.durations.quantile(0.99, since: earlier.durations), hitRate: later.hitRate(since: earlier))
        }
    }

    /// What one worker did between the last two samples: answers a second, and the share of the time in which it ran. Nil where that
    /// is not known.
    package func rate(ofWorker number: Int) -> (requests: Double, busy: Double?)? {
        guard let later = samples.last, let earlier = samples.dropLast().last,
            later.workers.indices.contains(number), earlier.workers.indices.contains(number)
        else { return nil }
        let (one, other, seconds) = (earlier.workers[number], later.workers[number], later.seconds(since: earlier))
        let busy = one.busy.flatMap { before in other.busy.map { Double($0 - before) / 1e9 / seconds } }
        return (Double(max(0, other.requests - one.requests)) / seconds, busy.map { min(max($0, 0), 1) })
    }

    /// The share of hits of a cache within the last while, up to the last sample; nil where nothing was looked up.
    package func hitRate(of cache: (StatusSample) -> StatusSample.Cache, within span: Duration) -> Double? {
        guard let later = samples.last, let earlier = sample(before: span) else { return nil }
        let (one, other) = (cache(earlier), cache(later))
        return StatusSample.share(of: other.hits - one.hits, and: other.misses - one.misses)
    }

    /// Changes of records that were told of, a second, within the last while; nil where that is not known.
    package func changes(within span: Duration) -> Double? {
        guard let later = samples.last, let earlier = sample(before: span), later.at > earlier.at,
            let after = later.changes, let before = earlier.changes
        else { return nil }
        return Double(max(0, after - before)) / later.seconds(since: earlier)
    }

    /// The youngest that is older than the last one by a span, or the oldest.
    private func sample(before span: Duration) -> StatusSample? {
        guard let last = samples.last else { return nil }
        return samples.last { last.at - $0.at >= span.nanoseconds } ?? samples.first
    }
}
