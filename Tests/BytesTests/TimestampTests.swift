import Bytes
import Testing

@Suite struct TimestampTests {
    @Test(
        arguments: [
            (0, 0), (999_999, 0), (1_000_000, 1), (-1, -1), (-1_000_000, -1), (-1_000_001, -2),
        ] as [(Int64, Int64)])
    func `seconds are rounded down`(microseconds: Int64, seconds: Int64) {
        #expect(Timestamp(microseconds: microseconds).seconds == seconds)
    }

    @Test func `seconds that 64 bits of microseconds can't hold are the most distant moment`() {
        #expect(Timestamp(seconds: .max) == .distantFuture)
        #expect(Timestamp(seconds: .min) == .distantPast)
        #expect(Timestamp(seconds: 1_700_000_000).microseconds == 1_700_000_000_000_000)
    }

    @Test func `arithmetic saturates`() {
        #expect(.distantFuture + .seconds(1) == Timestamp.distantFuture)
        #expect(.distantPast - .seconds(1) == Timestamp.distantPast)
        #expect(.distantPast + .seconds(-1) == Timestamp.distantPast)
        #expect(.distantFuture - .seconds(-1) == Timestamp.distantFuture)
        #expect(Timestamp(seconds: 10) + .seconds(Int64.max) == .distantFuture)
        #expect(Timestamp(seconds: -10) - .seconds(Int64.max) == .distantPast)
    }

    @Test func `a span is added and taken away to the microsecond`() {
        #expect(Timestamp(seconds: 1) + .milliseconds(250) == Timestamp(microseconds: 1_250_000))
        #expect(Timestamp(seconds: 1) - .microseconds(1) == Timestamp(microseconds: 999_999))
        #expect(Duration.nanoseconds(1999).wholeMicroseconds == 1)
    }

    @Test(
        arguments: [
            (.max, 1, .max), (.max - 1, 1, .max), (.min, -1, .min), (.min, .min, .min), (.max, .max, .max),
            (.max, .min, -1), (5, -7, -2),
        ] as [(Int64, Int64, Int64)])
    func `microseconds are added and saturate`(microseconds: Int64, span: Int64, sum: Int64) {
        #expect(Timestamp(microseconds: microseconds).adding(microseconds: span).microseconds == sum)
    }

    /// 64 bits of nanoseconds hold 292 years.
    @Test(
        arguments: [
            (.seconds(9_223_372_036) + .nanoseconds(854_775_807), .max),
            (.seconds(9_223_372_036) + .nanoseconds(854_775_999), .max), (.seconds(300 * 31_556_952), .max),
            (.seconds(Int64.max), .max), (.seconds(-9_223_372_036) - .nanoseconds(854_775_999), .min),
            (.seconds(-300 * 31_556_952), .min), (.seconds(Int64.min), .min), (.nanoseconds(1_999), 1_999),
            (.nanoseconds(-1_999), -1_999),
        ] as [(Duration, Int64)])
    func `a span is so many nanoseconds, or as many as there are`(span: Duration, nanoseconds: Int64) {
        #expect(span.nanoseconds == nanoseconds)
    }

    @Test func `a span is over on the steady clock, at the latest when that ends`() {
        let moment = Moment(steady: 7, timestamp: Timestamp(seconds: 0))
        #expect(moment.steady(after: .nanoseconds(3)) == 10)
        #expect(moment.steady(after: .seconds(Int64.max)) == .max)
        #expect(Moment(steady: -7, timestamp: .distantPast).steady(after: .seconds(Int64.min)) == .min)
    }
}
