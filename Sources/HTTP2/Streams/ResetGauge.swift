/// Counts streams that were reset, by either side, for something the client did: who opens streams only to reset them costs
/// work and pays nothing (CVE-2023-44487, CVE-2025-8671).
struct ResetGauge {
    /// So many in a second end the connection, when the requests that it has are answered.
    static let bound = 1_000
    /// So many end it at once: they go on after the client has been told, or come faster than anybody changes their mind.
    static let lastBound = 10 * bound
    private static let second: Int64 = 1_000_000_000

    /// When the second began, on the steady clock, in nanoseconds.
    private var start = Int64.min
    private var count = 0

    /// Counts one.
    ///
    /// - Returns: how many there were in the second.
    mutating func note(at now: Int64) -> Int {
        if start == .min || now &- start >= Self.second { (start, count) = (now, 0) }
        count += 1
        return count
    }
}
