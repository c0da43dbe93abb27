package import Authentication
import Bytes
import Logging
import NIOCore
import ServiceLifecycle
import Telemetry
import Worker

/// Says in the log when requests have been answered 503 for a minute for one reason, and what to do about it.
///
/// A short outage has its own lines. What lasts is often a fault of the set-up that nothing else would tell of: a user's
/// record that nobody writes, a right that is missing.
struct UnknownWatch: Service {
    private static let pause = Duration.seconds(10)

    let loops: LoopSet
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var streaks = UnknownStreaks()
            while true {
                try await Task.sleep(for: Self.pause)
                let tallies = try await loops.collect { $0.resolver.tally.unknowns }
                let counts = UnknownReason.allCases.indices.map { index in tallies.reduce(0) { $0 + $1[index] } }
                for streak in streaks.note(counts, at: NIODeadline.now().uptimeNanoseconds) { log(streak) }
            }
        }
    }

    private func log(_ streak: UnknownStreaks.Report) {
        logger.warning(
            "for a minute now, credentials could not be checked",
            metadata: .init([
                .reason: "\(streak.reason.text)", .count: "\(streak.count)", .remedy: streak.reason.remedy,
            ]))
    }
}

/// For how long credentials could not be checked for one reason, from counts that only grow.
///
/// A streak goes on while no minute passes without such a credential. When it has lasted for a minute it is reported, and
/// then once a minute.
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
        var streak = streaks[reason] ?? Streak(reportAt: now + Self.minute, lastSeen: now, count: 0)
        if now - streak.lastSeen > Self.minute { streak = Streak(reportAt: now + Self.minute, lastSeen: now, count: 0) }
        streak.lastSeen = now
        streak.count += count
        defer { streaks[reason] = streak }
        guard now >= streak.reportAt else { return nil }
        defer { (streak.reportAt, streak.count) = (now + Self.minute, 0) }
        return Report(reason: reason, count: streak.count)
    }
}
