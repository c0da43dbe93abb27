import Logging
import Telemetry
import Testing

@Suite struct LogKeyTests {
    @Test func `metadata has the keys as they are written in lines`() {
        let metadata = Logger.Metadata([.issuer: "https://issuer.example", .retryIn: "5"])
        #expect(metadata == ["issuer": "https://issuer.example", "retry_in": "5"])
    }
}
