import AuthgearResolver
import Bytes
import Testing

@Suite struct TimestampNowTests {
    @Test func `now is later than when this was written`() {
        #expect(Timestamp.now > Timestamp(seconds: 1_760_000_000))
    }
}
