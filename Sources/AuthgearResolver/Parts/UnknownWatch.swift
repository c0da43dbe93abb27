import Authentication
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
