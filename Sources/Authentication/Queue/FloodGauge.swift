/// How fast credentials may be asked about that were never valid here (contract section 13).
///
/// Once more than 20 of them in a second were answered *invalid*, at most 20 are asked about in a second, until a second in
/// which fewer than 20 were invalid. Seconds are counted from the first one on; `now` is the steady clock, in nanoseconds.
struct FloodGauge {
    static let limit = 20
    static let second: Int64 = 1_000_000_000

    private(set) var isLimited = false
    /// Where the current second began; nil before anything was asked.
    private var start: Int64?
    /// In the current second.
    private var asked = 0
    private var invalid = 0

    /// When the next second begins.
    var nextSecond: Int64 { (start ?? 0) + Self.second }

    var mayAsk: Bool { !isLimited || asked < Self.limit }

    mutating func timePassed(now: Int64) {
        guard let start else { return self.start = now }
        let passed = (now - start) / Self.second
        guard passed > 0 else { return }
        // After two or more, there was a whole second with none.
        if invalid < Self.limit || passed > 1 { isLimited = false }
        (asked, invalid) = (0, 0)
        self.start = start + passed * Self.second
    }

    mutating func countAsked() { asked += 1 }

    mutating func countInvalid() {
        invalid += 1
        if invalid > Self.limit { isLimited = true }
    }
}
