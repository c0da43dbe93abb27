import Authentication
import AuthgearResolver
import Testing

@Suite struct UnknownStreaksTests {
    private var streaks = UnknownStreaks()
    private var counts = [Int](repeating: 0, count: UnknownReason.allCases.count)

    /// So many more credentials could not be checked, by this second.
    private mutating func see(_ count: Int, _ reason: UnknownReason = .storeRefused, at second: UInt64) -> [String] {
        counts[Int(reason.rawValue)] += count
        return streaks.note(counts, at: second * 1_000_000_000).map { "\($0.reason.text) \($0.count)" }
    }

    @Test mutating func `what lasts for a minute is reported, and then once a minute, with how many there were`() {
        for second in stride(from: 0 as UInt64, to: 60, by: 10) { #expect(see(2, at: second) == []) }
        #expect(see(2, at: 60) == ["store_refused 14"])
        for second in stride(from: 70 as UInt64, to: 120, by: 10) { #expect(see(1, at: second) == []) }
        #expect(see(1, at: 120) == ["store_refused 6"])
    }

    @Test mutating func `an outage of less than a minute is not reported`() {
        for second in stride(from: 0 as UInt64, through: 50, by: 10) { #expect(see(9, at: second) == []) }
        for second in stride(from: 60 as UInt64, through: 300, by: 10) { #expect(see(0, at: second) == []) }
        #expect(see(1, at: 310) == [])
    }

    @Test mutating func `little traffic is traffic`() {
        #expect(see(1, at: 0) == [])
        #expect(see(1, at: 50) == [])
        #expect(see(1, at: 100) == ["store_refused 3"])
    }

    @Test mutating func `each reason has a streak of its own`() {
        _ = see(1, .storeRefused, at: 0)
        _ = see(1, .storeTimedOut, at: 30)
        #expect(see(1, .storeRefused, at: 60) == ["store_refused 2"])
        #expect(see(1, .storeTimedOut, at: 90) == ["store_timed_out 2"])
    }

    @Test mutating func `that users' records are missing is reported at once, and then at most once a minute`() {
        #expect(see(1, .userMissing, at: 0) == ["user_missing 1"])
        #expect(see(2, .userMissing, at: 50) == [])
        #expect(see(3, .userMissing, at: 60) == ["user_missing 5"])
        #expect(see(1, .userMissing, at: 200) == ["user_missing 1"])
    }

    @Test(arguments: UnknownReason.allCases) func `each reason has something that can be done`(reason: UnknownReason) {
        #expect(reason.remedy.count > 40)
    }
}
