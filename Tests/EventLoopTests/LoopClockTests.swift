import Bytes
import EventLoop
import Testing

@Suite struct LoopClockTests {
    /// 64 bits of nanoseconds end in the year 2262, those of microseconds much later.
    @Test(arguments: [
        "1970-01-01T00:00:00Z", "2026-11-21T05:00:00.123456Z", "2262-04-11T23:47:16.854775Z",
        "2262-04-11T23:47:16.854776Z", "2300-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z",
    ])
    func `a civil clock is told whatever its year`(text: String) throws {
        let parsed = Timestamp(rfc3339: Array(text.utf8).span.bytes)
        let civil = try #require(parsed)
        for steady in [Int64(0), 7_999, 1_000_000_000_000_000] {
            let moment = LoopClock(steady: steady, civil: civil).moment(at: steady + 2_500_000)
            #expect(moment.steady == steady + 2_500_000)
            let passed = moment.timestamp.microseconds - civil.microseconds
            #expect((2_500...2_501).contains(passed))
        }
    }

    @Test func `a civil clock at its end stays there`() {
        let clock = LoopClock(steady: 0, civil: .distantFuture)
        #expect(clock.moment(at: .max).timestamp == .distantFuture)
    }
}
