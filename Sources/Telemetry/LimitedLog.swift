package import Logging
import NIOConcurrencyHelpers

/// The lines that could come in storms: at most one a minute for each kind and address, for the process, however many
/// event loops have the same to tell. Each says how many were left out before it.
///
/// What is left out is not lost: when the minute is over, `catchUp` writes the line that stands for it, so the last line
/// on a subject says how things are. May be called from any thread; a line is written while no lock is held.
package final class LimitedLog: Sendable {
    /// What a line is about: lines of one subject share their minute.
    private struct Subject: Hashable {
        var message: String
        var address: String
        /// What else tells subjects with one message apart, such as the kind of record.
        var detail: Int
    }

    private struct Books {
        var events: [Subject: LimitedEvent] = [:]
        var conditions: [Subject: SharedCondition] = [:]
        /// Lines that were not written when there was reason to.
        var suppressed = 0

        /// The lines that have waited long enough.
        mutating func due(at now: UInt64, interval: UInt64) -> [LogEntry] {
            var lines: [LogEntry] = []
            for subject in events.keys {
                if let line = events[subject]?.caughtUp(at: now, interval: interval) { lines.append(line) }
            }
            for subject in conditions.keys {
                if let line = conditions[subject]?.caughtUp(at: now, interval: interval) { lines.append(line) }
            }
            return lines
        }
    }

    /// So many subjects are told apart; what is beyond is not written. There are a few dozen in a process.
    private static let maximumSubjects = 10_000

    /// Writes what can't come in storms.
    package let logger: Logger
    /// In nanoseconds.
    private let interval: UInt64
    /// Not a `Mutex` of Synchronization, which ThreadSanitizer does not know.
    private let books = NIOLockedValueBox(Books())

    /// - Parameter interval: how long a line keeps others of its subject out.
    package init(_ logger: Logger, interval: Duration = .seconds(60)) {
        self.logger = logger
        self.interval = UInt64(clamping: Int64(interval / .nanoseconds(1)))
    }

    /// Something went wrong once.
    ///
    /// - Parameters:
    ///   - address: where; empty when it is nowhere in particular.
    ///   - detail: tells apart what has the same message and address.
    ///   - now: the steady clock, in nanoseconds; so for the others.
    ///   - metadata: made for a line that is written, or kept for later.
    package func event(
        _ level: Logger.Level, _ message: String, address: String = "", detail: Int = 0, at now: UInt64,
        metadata: () -> Logger.Metadata
    ) {
        let line: LogEntry? = books.withLockedValue { books in
            let subject = Subject(message: message, address: address, detail: detail)
            var line: LogEntry?
            if books.events[subject] != nil || books.events.count < Self.maximumSubjects {
                line = books.events[subject, default: LimitedEvent()].occurred(at: now, interval: interval) {
                    LogEntry(level: level, message: message, metadata: metadata())
                }
            }
            if line == nil { books.suppressed += 1 }
            return line
        }
        if let line { write(line) }
    }

    /// A condition begins to hold for one of those that share it, or fails.
    ///
    /// - Parameters:
    ///   - member: whose it is; it is bad for the process while it is bad for one of them.
    ///   - problem: why it is bad, in words; nil when it is good.
    ///   - isReminder: whether it is told again although nothing changed.
    package func condition(
        _ condition: Condition, address: String, member: ObjectIdentifier, problem: String?, isReminder: Bool = false,
        metadata: Logger.Metadata, at now: UInt64
    ) {
        let change = SharedCondition.Change(
            member: member, problem: problem, isReminder: isReminder, metadata: metadata)
        let line: LogEntry? = books.withLockedValue { books in
            let subject = Subject(message: condition.bad, address: address, detail: 0)
            guard books.conditions[subject] != nil || books.conditions.count < Self.maximumSubjects else {
                books.suppressed += 1
                return nil
            }
            let before = books.conditions[subject]?.leftOut ?? 0
            let line = books.conditions[subject, default: SharedCondition(condition)]
                .note(change, at: now, interval: interval)
            // What is no news is not written either, and is not held back.
            if books.conditions[subject]?.leftOut ?? 0 > before { books.suppressed += 1 }
            return line
        }
        if let line { write(line) }
    }

    /// One of those that share a condition is gone. When it was bad for nobody else, nothing more is said of it, nor remembered: what
    /// comes to the address later begins anew.
    package func forget(_ condition: Condition, address: String, member: ObjectIdentifier) {
        books.withLockedValue { books in
            let subject = Subject(message: condition.bad, address: address, detail: 0)
            if books.conditions[subject]?.forget(member) ?? false { books.conditions[subject] = nil }
        }
    }

    /// How many lines were held back so far; one may have been written later, in the name of others.
    package var suppressed: Int { books.withLockedValue(\.suppressed) }

    /// Writes the lines that were left out and whose minute is over. Called once a second.
    package func catchUp(at now: UInt64) {
        for line in books.withLockedValue({ $0.due(at: now, interval: interval) }) { write(line) }
    }

    private func write(_ line: LogEntry) {
        logger.log(level: line.level, "\(line.message)", metadata: line.metadata)
    }
}

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
    mutating func occurred(at now: UInt64, interval: UInt64, entry: () -> LogEntry) -> LogEntry? {
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

/// A line of the log that is to be written.
struct LogEntry: Sendable {
    var level: Logger.Level
    var message: String
    var metadata: Logger.Metadata

    /// The same, with how many others it stands for.
    func standing(for leftOut: Int) -> LogEntry {
        guard leftOut > 0 else { return self }
        var entry = self
        entry.metadata.merge(Logger.Metadata([.leftOut: String(leftOut)])) { _, new in new }
        return entry
    }
}
