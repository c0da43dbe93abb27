import Telemetry
import Testing

@Suite struct DurationHistogramTests {
    @Test func `each bound has its name, in seconds`() throws {
        #expect(DurationHistogram.boundNames.count == DurationHistogram.bounds.count + 1)
        #expect(DurationHistogram.boundNames.last == "+Inf")
        for (bound, name) in zip(DurationHistogram.bounds, DurationHistogram.boundNames) {
            #expect(try #require(Double(name)) * 1e9 == Double(bound))
        }
    }

    @Test func `bounds rise`() {
        #expect(zip(DurationHistogram.bounds, DurationHistogram.bounds.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func `a duration is counted once, in the first bucket whose bound it does not exceed`() {
        for (index, bound) in DurationHistogram.bounds.enumerated() {
            #expect(bucket(of: bound) == index)
            #expect(bucket(of: bound + 1) == index + 1)
        }
        #expect(bucket(of: 0) == 0)
        #expect(bucket(of: .max) == DurationHistogram.bounds.count)
    }

    @Test func `histograms of several loops add up`() {
        var (left, right) = (DurationHistogram(), DurationHistogram())
        left.record(nanoseconds: 10_000)
        right.record(nanoseconds: 10_000)
        right.record(nanoseconds: 30_000)
        left.merge(right)
        #expect(left.counts.prefix(3) == [2, 0, 1])
        #expect(left.counts.reduce(0, +) == 3)
        #expect(left.sumNanoseconds == 50_000)
    }

    @Test func `a share of them took no longer than a time within its bucket`() {
        var histogram = DurationHistogram()
        #expect(histogram.quantile(0.5) == nil)
        histogram.record(nanoseconds: 20_000, times: 100)
        #expect(Self.microseconds(histogram.quantile(0.5)) == 17.5)
        #expect(Self.microseconds(histogram.quantile(1)) == 25)
        histogram.record(nanoseconds: 400_000_000, times: 300)
        #expect(Self.microseconds(histogram.quantile(0.25)) == 25)
        #expect(Self.microseconds(histogram.quantile(0.625)) == 375_000)
    }

    @Test func `what was counted before does not count, and what is beyond all bounds is the last`() {
        var histogram = DurationHistogram()
        histogram.record(nanoseconds: 20_000, times: 1_000)
        let earlier = histogram
        #expect(histogram.quantile(0.5, since: earlier) == nil)
        histogram.record(nanoseconds: 60_000_000_000)
        #expect(histogram.quantile(0.5, since: earlier) == 2.5)
        #expect(earlier.quantile(0.5, since: histogram) == nil)
    }

    /// To the thousandth.
    private static func microseconds(_ seconds: Double?) -> Double? { seconds.map { ($0 * 1e9).rounded() / 1e3 } }

    private func bucket(of nanoseconds: Int64) -> Int? {
        var histogram = DurationHistogram()
        histogram.record(nanoseconds: nanoseconds)
        #expect(histogram.counts.reduce(0, +) == 1)
        return histogram.counts.firstIndex(of: 1)
    }
}
