package import Logging

/// One condition at one address, which the event loops of the process share: it is bad while it is bad for one of them.
///
/// Says so when it becomes bad, when there is a new reason, and when it is good again, each of *good* and *bad* once a
/// minute at most. What changes meanwhile is counted; when the minute is over, one line says how things are by then.
struct SharedCondition {
    struct Change {
        var member: ObjectIdentifier
        /// Why it is bad; nil when it is good.
        var problem: String?
        var isReminder = false
        var metadata: Logger.Metadata
    }

    private let condition: Condition
    /// Why it is bad, for whom it is.
    private var problems: [ObjectIdentifier: String] = [:]
    /// The line that says how things are; nil before the first word.
    private var current: LogEntry?
    private var isGood = false
    /// Until when no line says that it is good, or that it is bad.
    private var quietUntil: (good: UInt64?, bad: UInt64?)
    /// Lines since the last one that was written.
    private(set) var leftOut = 0

    init(_ condition: Condition) {
        self.condition = condition
    }

    /// - Returns: the line to write, if there is one.
    mutating func note(_ change: Change, at now: UInt64, interval: UInt64) -> LogEntry? {
        let wasGood = current == nil ? nil : isGood
        let isNewProblem = change.problem.map { !problems.values.contains($0) } ?? false
        problems[change.member] = change.problem
        isGood = problems.isEmpty
        guard wasGood != isGood || isNewProblem || change.isReminder else { return nil }
        current = LogEntry(
            level: isGood ? .info : condition.badLevel, message: isGood ? condition.good : condition.bad,
            metadata: change.metadata)
        leftOut += 1
        return caughtUp(at: now, interval: interval)
    }

    /// A member is gone.
    ///
    /// - Returns: whether it is bad for nobody else.
    mutating func forget(_ member: ObjectIdentifier) -> Bool {
        problems[member] = nil
        return problems.isEmpty
    }

    /// The line that says how things are, when it was left out and the minute is over.
    mutating func caughtUp(at now: UInt64, interval: UInt64) -> LogEntry? {
        guard let current, leftOut > 0 else { return nil }
        if let end = isGood ? quietUntil.good : quietUntil.bad, now < end { return nil }
        if isGood { quietUntil.good = now &+ interval } else { quietUntil.bad = now &+ interval }
        defer { leftOut = 0 }
        return current.standing(for: leftOut - 1)
    }
}

/// Something that holds or doesn't, as the log tells of it: such as that the session store can be reached.
package struct Condition: Sendable {
    /// What is said when it holds, at `info`.
    let good: String
    /// What is said when it doesn't.
    let bad: String
    let badLevel: Logger.Level

    package init(good: String, bad: String, badLevel: Logger.Level) {
        self.good = good
        self.bad = bad
        self.badLevel = badLevel
    }
}
