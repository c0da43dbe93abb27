import Authentication
import Bytes
import EventLoop
import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle
import Telemetry
import Worker

/// Has the log say more, or less, for a while: then the configured level holds again by itself.
final class PassingLogLevel: Service {
    private static let pause = Duration.seconds(1)

    private let level: SharedLogLevel
    private let loops: LoopSet
    private let logger: Logger
    /// Until when another level holds, on the steady clock, in nanoseconds; nil while none does.
    private let end = NIOLockedValueBox<Int64?>(nil)

    init(_ level: SharedLogLevel, loops: LoopSet, logger: Logger) {
        (self.level, self.loops, self.logger) = (level, loops, logger)
    }

    /// Another level holds from now on, in place of one that does so already.
    ///
    /// - Parameter span: for how long.
    func set(_ level: Logger.Level, for span: Duration) {
        end.withLockedValue { $0 = Moment.steadyNanoseconds().addingSaturated(span.nanoseconds) }
        apply(level)
        logger.notice(
            "the log has another level for a while", metadata: .init([.logLevel: "\(level)", .duration: span.text]))
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown { [self] in
            while true {
                try await Task.sleep(for: Self.pause)
                endWhenDue()
            }
        }
    }

    private func endWhenDue() {
        let isDue = end.withLockedValue { end in
            guard let moment = end, moment <= Moment.steadyNanoseconds() else { return false }
            end = nil
            return true
        }
        guard isDue else { return }
        apply(nil)
        logger.notice("the log has its configured level again", metadata: .init([.logLevel: "\(level.value)"]))
    }

    /// Refusals are noted by the workers while they are logged.
    private func apply(_ level: Logger.Level?) {
        self.level.replace(by: level)
        for mailbox in loops.mailboxes {
            mailbox.post(.perform { [level = self.level] in $0.resolver.tally.takesNotes = level.value <= .debug })
        }
    }
}
