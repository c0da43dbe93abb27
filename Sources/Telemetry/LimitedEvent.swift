/// One kind of event at one address: lets one line a minute into the log, and counts what it kept out.
struct LimitedEvent {
    /// Until when lines are left out; nil before the first.
    private var quietUntil: UInt64?
    private var leftOut = 0
    /// The first line that was left out since the last one that was written.
    private var waiting: LogEntry?

    /// It occurred.
    ///
    /// - Returns: the line to write, if there is one.
    mutating func occurred(at now: UInt64, interval: UInt64, _ entry: () -> LogEntry) -> LogEntry? {
        if let quietUntil, now < quietUntil {
            leftOut += 1
            if waiting == nil { waiting = entry() }
            return nil
        }
        return write(entry(), standingFor: leftOut, at: now, interval: interval)
    }

    /// The line that stands for those that were left out, once the minute is over.
    mutating func caughtUp(at now: UInt64, interval: UInt64) -> LogEntry? {
        guard let quietUntil, now >= quietUntil, let waiting else { return nil }
        return write(waiting, standingFor: leftOut - 1, at: now, interval: interval)
    }

    private mutating func write(_ entry: LogEntry, standingFor count: Int, at now: UInt64, interval: UInt64) -> LogEntry
    {
        quietUntil = now &+ interval
        (leftOut, waiting) = (0, nil)
        return entry.standing(for: count)
    }
}
