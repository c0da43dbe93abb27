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

    private func bucket(of nanoseconds: Int64) -> Int? {
        var histogram = DurationHistogram()
        histogram.record(nanoseconds: nanoseconds)
        #expect(histogram.counts.reduce(0, +) == 1)
        return histogram.counts.firstIndex(of: 1)
    }
}
