package import Authentication
import Bytes
import Logging
import NIOCore
import ServiceLifecycle
import Telemetry
import Worker

/// Says in the log when requests have been answered 503 for a minute for one reason, and what to do about it; and at once when
/// users' records are missing that Authgear is not asked for.
///
/// A short outage has its own lines. What lasts is often a fault of the set-up that nothing else would tell of: a right that is
/// missing.
struct UnknownWatch: Service {
    private static let pause = Duration.seconds(10)
    private static let lasting: Logger.Message = "for a minute now, credentials could not be checked"
    private static let missing: Logger.Message = "users' records are missing, and their sessions could not be checked"
    private static let partial: Logger.Message =
        "users' records are missing, and their sessions are answered without roles and what else is in them"
    private static let remedyOfPartial =
        "only Authgear's own resolver writes these records, for 5 minutes: set authgear.endpoint"

    let loops: LoopSet
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var (streaks, partial) = (UnknownStreaks(), UnknownStreaks())
            var tallies: [UnknownTally?] = loops.mailboxes.map { _ in nil }
            while true {
                try await Task.sleep(for: Self.pause)
                let answers = await loops.answers { reply in .perform { reply(UnknownTally($0.resolver.tally)) } }
                // Of one that hangs what it said last counts: a sum that fell would be counted again when it goes on.
                tallies = zip(answers, tallies).map { $0 ?? $1 }
                let counts = UnknownReason.allCases.indices.map { index in
                    tallies.reduce(0) { $0 + ($1?.unknowns[index] ?? 0) }
                }
                let now = NIODeadline.now().uptimeNanoseconds
                for streak in streaks.note(counts, at: now) {
                    log(streak.reason == .userMissing ? Self.missing : Self.lasting, streak, streak.reason.remedy)
                }
                var partials = [Int](repeating: 0, count: counts.count)
                partials[Int(UnknownReason.userMissing.rawValue)] = tallies.reduce(0) { $0 + ($1?.partialAnswers ?? 0) }
                for streak in partial.note(partials, at: now) { log(Self.partial, streak, Self.remedyOfPartial) }
            }
        }
    }

    private func log(_ message: Logger.Message, _ streak: UnknownStreaks.Report, _ remedy: String) {
        logger.warning(
            message,
            metadata: .init([.reason: "\(streak.reason.text)", .count: "\(streak.count)", .remedy: remedy]))
    }
}

/// What a worker has counted.
private struct UnknownTally: Sendable {
    var unknowns: [Int]
    var partialAnswers: Int

    init(_ tally: borrowing Tally) {
        (unknowns, partialAnswers) = (tally.unknowns, tally.partialAnswers)
    }
}

/// For how long credentials could not be checked for one reason, from counts that only grow.
///
/// A streak goes on while no minute passes without such a credential. When it has lasted for a minute it is reported, and
/// then once a minute; that users' records are missing, which no outage does, from the first one on.
package struct UnknownStreaks {
    private static let minute: UInt64 = 60_000_000_000

    package struct Report: Equatable {
        package var reason: UnknownReason
        /// How many credentials since the streak began, or since the last report.
        package var count: Int
    }

    private struct Streak {
        /// When the next report is due, in nanoseconds of the steady clock.
        var reportAt: UInt64
        var lastSeen: UInt64
        var count: Int
    }

    private var counts = [Int](repeating: 0, count: UnknownReason.allCases.count)
    private var streaks: [UnknownReason: Streak] = [:]

    package init() {}

    /// - Parameters:
    ///   - counts: how many there were in all, by the reasons in their order.
    ///   - now: the steady clock, in nanoseconds.
    package mutating func note(_ counts: [Int], at now: UInt64) -> [Report] {
        defer { self.counts = counts }
        return zip(UnknownReason.allCases, zip(counts, self.counts)).compactMap { reason, counts in
            counts.0 > counts.1 ? note(reason, count: counts.0 - counts.1, at: now) : nil
        }
    }

    private mutating func note(_ reason: UnknownReason, count: Int, at now: UInt64) -> Report? {
        let fresh = Streak(reportAt: reason == .userMissing ? now : now + Self.minute, lastSeen: now, count: 0)
        var streak = streaks[reason] ?? fresh
        if now - streak.lastSeen > Self.minute { streak = fresh }
        streak.lastSeen = now
        streak.count += count
        defer { streaks[reason] = streak }
        guard now >= streak.reportAt else { return nil }
        defer { (streak.reportAt, streak.count) = (now + Self.minute, 0) }
        return Report(reason: reason, count: streak.count)
    }
}
