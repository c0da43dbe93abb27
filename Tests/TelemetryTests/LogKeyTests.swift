import Logging
import Telemetry
import Testing

@Suite struct LogKeyTests {
    @Test func `metadata has the keys as they are written in lines`() {
        let metadata = Logger.Metadata([.issuer: "https://issuer.example", .retryIn: "5"])
        #expect(metadata == ["issuer": "https://issuer.example", "retry_in": "5"])
    }

    @Test(arguments: LogKey.allCases)
    func `a key is a word that needs no quotes in any format`(key: LogKey) {
        #expect(key.rawValue.wholeMatch(of: /[a-z]+(_[a-z]+)*/) != nil)
    }

    @Test(arguments: LogKey.allCases)
    func `no key has a secret for its name`(key: LogKey) {
        for word in ["token", "cookie", "secret", "password", "authorization", "user"] {
            #expect(!key.rawValue.contains(word))
        }
    }
}
