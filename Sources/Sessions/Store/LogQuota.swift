import NIOCore

/// Lets one line a minute into the log, and counts what it kept out.
struct LogQuota {
    private static let interval = TimeAmount.minutes(1)

    private var nextAt: NIODeadline?
    private var suppressed = 0

    /// How many occurrences the line stands for, this one included; nil when it must not be written.
    mutating func admit(at now: NIODeadline) -> Int? {
        if let nextAt, now < nextAt {
            suppressed += 1
            return nil
        }
        defer { suppressed = 0 }
        nextAt = now + Self.interval
        return suppressed + 1
    }
}
