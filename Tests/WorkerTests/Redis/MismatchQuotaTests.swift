import Testing
import Worker

@Suite struct `Mismatch quota` {
    /// Which of the keys may cost a connection, each asked so many seconds after the start.
    private static func admitted(_ questions: [(key: Int, second: Int64)]) -> [Bool] {
        let quota = MismatchQuota()
        let start = 1_000_000_000 as Int64
        return questions.map { question in
            quota.admit(Array("app:a:session:\(question.key)".utf8), at: start + Int64(question.second) * 1_000_000_000)
        }
    }

    @Test func `a key may cost a connection once a minute`() {
        let admitted = Self.admitted([(1, 0), (1, 59), (2, 59), (1, 60), (1, 61)])
        #expect(admitted == [true, false, true, true, false])
    }

    @Test func `so many keys that no new connection can help cost none, until the minute is over`() {
        let admitted = Self.admitted((0..<1000).map { ($0, 0) } + [(1000, 60)])
        #expect(admitted == (0..<1000).map { $0 < 64 } + [true])
    }
}
