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
}
