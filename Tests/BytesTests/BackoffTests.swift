import Bytes
import Testing

@Suite struct BackoffTests {
    private func backoff() -> Backoff {
        Backoff(shortest: .milliseconds(10), longest: .milliseconds(500))
    }

    @Test func `pauses double up to the longest`() {
        var backoff = backoff()
        let pauses = (0..<9).map { _ in backoff.fail(jitter: 1) }
        #expect(pauses == [10, 20, 40, 80, 160, 320, 500, 500, 500].map { .milliseconds($0) })
    }

    @Test(arguments: [0, 0.25, 0.5, 0.999]) func `jitter takes up to half of a pause away`(jitter: Double) {
        var backoff = backoff()
        for _ in 0..<10 { _ = backoff.fail(jitter: 0) }
        #expect(backoff.fail(jitter: jitter) == .nanoseconds(Int64(500_000_000 * (0.5 + jitter / 2))))
    }

    @Test func `after a success the pauses begin again`() {
        var backoff = backoff()
        for _ in 0..<5 { _ = backoff.fail(jitter: 1) }
        backoff.reset()
        #expect(backoff.fail(jitter: 1) == .milliseconds(10))
        #expect(backoff.fail(jitter: 1) == .milliseconds(20))
    }

    @Test func `a million failures overflow nothing`() {
        var endless = Backoff(shortest: .nanoseconds(1), longest: .seconds(Int64.max))
        var pause = Duration.zero
        for _ in 0..<1_000_000 { pause = endless.fail(jitter: 0.5) }
        #expect(pause > .seconds(1_000_000_000))
    }

    @Test func `a backoff whose bounds are equal does not double`() {
        var steady = Backoff(shortest: .seconds(1), longest: .seconds(1))
        #expect((0..<4).map { _ in steady.fail(jitter: 1) } == Array(repeating: .seconds(1), count: 4))
    }
}
