import AuthgearResolver
import Telemetry
import Testing

@Suite struct StatusHistoryTests {
    private static let second: Int64 = 1_000_000_000

    /// A sample of a process that has answered so many, half of them valid.
    private static func sample(at second: Int64, requests: Int, busy: Int64? = nil) -> StatusSample {
        var sample = StatusSample(at: second * Self.second)
        sample.outcomes = [requests / 2, requests - requests / 2, 0, 0]
        sample.durations.record(nanoseconds: 20_000, times: requests)
        (sample.tokens.hits, sample.tokens.misses) = (requests, requests / 4)
        sample.changes = requests * 3
        sample.workers = [.init(requests: requests, busy: busy)]
        return sample
    }

    @Test func `an interval has what came in it, a second`() throws {
        var history = StatusHistory()
        history.add(Self.sample(at: 10, requests: 100))
        #expect(history.intervals(at: 10 * Self.second).isEmpty)
        history.add(Self.sample(at: 20, requests: 300))
        let interval = try #require(history.intervals(at: 23 * Self.second).first)
        #expect(interval.age == 3)
        #expect(interval.requests == 20)
        #expect(interval.outcomes == [10, 10, 0, 0])
        #expect(interval.hitRate == 0.8)
        #expect(try #require(interval.p50) > 0.00001)
        #expect(try #require(interval.p99) <= 0.000025)
    }

    @Test func `where nothing came there is no time and no hit rate, and a rate of zero`() throws {
        var history = StatusHistory()
        for second in [5, 10] as [Int64] { history.add(Self.sample(at: second, requests: 7)) }
        let interval = try #require(history.intervals(at: 10 * Self.second).first)
        #expect(interval.requests == 0)
        #expect(interval.p50 == nil && interval.p99 == nil && interval.hitRate == nil)
    }

    @Test func `it is bounded, and the oldest goes first`() throws {
        var history = StatusHistory()
        for number in 0..<1_000 { history.add(Self.sample(at: Int64(number) * 5, requests: number)) }
        let intervals = history.intervals(at: 999 * 5 * Self.second)
        #expect(intervals.count == StatusHistory.limit - 1)
        #expect(intervals.first?.age == 895)
        #expect(intervals.last?.age == 0)
        #expect(history.latest?.at == 999 * 5 * Self.second)
    }

    @Test func `a sample that is no later than the last is left out, and counts that shrink are none`() {
        var history = StatusHistory()
        history.add(Self.sample(at: 10, requests: 100))
        history.add(Self.sample(at: 10, requests: 200))
        history.add(Self.sample(at: 15, requests: 40))
        let intervals = history.intervals(at: 15 * Self.second)
        #expect(intervals.map(\.requests) == [0])
        #expect(intervals.map(\.hitRate) == [nil])
    }

    @Test func `a worker has what it did last, and how busy it was where that is known`() throws {
        var history = StatusHistory()
        history.add(Self.sample(at: 0, requests: 0, busy: 0))
        #expect(history.rate(ofWorker: 0) == nil)
        history.add(Self.sample(at: 5, requests: 50, busy: Self.second))
        history.add(Self.sample(at: 10, requests: 150, busy: 3 * Self.second))
        let rate = try #require(history.rate(ofWorker: 0))
        #expect(rate.requests == 20)
        #expect(rate.busy == 0.4)
        #expect(history.rate(ofWorker: 1) == nil)
        history.add(Self.sample(at: 15, requests: 150))
        #expect(try #require(history.rate(ofWorker: 0)).busy == nil)
    }

    @Test func `hit rates and changes are those of a span, or of as much of it as there was`() throws {
        var history = StatusHistory()
        #expect(history.hitRate(of: \.tokens, within: .seconds(60)) == nil)
        history.add(Self.sample(at: 0, requests: 0))
        #expect(history.changes(within: .seconds(60)) == nil)
        for number in 1...30 {
            var sample = Self.sample(at: Int64(number) * 5, requests: number * 100)
            // From the eighteenth on nothing is found.
            sample.tokens = .init(hits: min(number, 18) * 100, misses: max(0, number - 18) * 100)
            history.add(sample)
        }
        #expect(history.hitRate(of: \.tokens, within: .seconds(60)) == 0)
        #expect(history.hitRate(of: \.tokens, within: .seconds(900)) == 0.6)
        #expect(history.hitRate(of: \.sessions, within: .seconds(900)) == nil)
        #expect(history.changes(within: .seconds(60)) == 60)
    }
}
