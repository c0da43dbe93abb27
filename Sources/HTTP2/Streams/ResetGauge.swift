/// Counts streams that were reset, by either side, for something the client did: who opens streams only to reset them costs
/// work and pays nothing (CVE-2023-44487, CVE-2025-8671).
struct ResetGauge {
    /// So many in a second end the connection.
    static let bound = 1_000
    private static let second: Int64 = 1_000_000_000

    /// When the second began, on the steady clock, in nanoseconds.
    private var start = Int64.min
    private var count = 0

    /// Counts one.
    ///
    /// - Returns: whether there were too many.
    mutating func note(at now: Int64) -> Bool {
        if start == .min || now &- start >= Self.second { (start, count) = (now, 0) }
        count += 1
        return count >= Self.bound
    }
}
