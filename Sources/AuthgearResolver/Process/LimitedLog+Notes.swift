import Authentication
package import Bytes
import Logging
import NIOCore
import ServiceLifecycle
package import Telemetry

extension LimitedLog {
    /// Says that answers are too long: sizes and what to do, no byte of a value.
    func note(_ answers: LongAnswers) {
        event(
            .warning, "an answer is too long for the gateway, so whom it is about gets 503 answer_too_long",
            at: NIODeadline.now().uptimeNanoseconds
        ) {
            Logger.Metadata([.reason: answers.last.words])
        }
    }
}

extension LimitedLog {
    /// Says which headers Authgear would have answered otherwise, and no value of one.
    func note(_ differences: [(header: String, count: Int)]) {
        event(
            .warning, "shadow: Authgear answers some requests otherwise; docs/migration.md says what may differ",
            at: NIODeadline.now().uptimeNanoseconds
        ) {
            Logger.Metadata([.reason: differences.map { "\($0.header) (\($0.count))" }.joined(separator: ", ")])
        }
    }
}

extension LimitedLog {
    /// Says that the system did not let a worker be scheduled as it was to be. It serves all the same.
    package func note(_ error: SystemError) {
        event(
            .warning, "a worker's thread can't be scheduled as `scheduling` says",
            at: NIODeadline.now().uptimeNanoseconds
        ) {
            Logger.Metadata([
                .reason: "\(error)",
                .remedy: "allow the system call sched_setscheduler, or set scheduling: other",
            ])
        }
    }
}

/// Has the lines written that were left out, when their minute is over.
struct LogCatchUp: Service {
    private static let pause = Duration.seconds(1)

    let log: LimitedLog

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: Self.pause)
                log.catchUp(at: NIODeadline.now().uptimeNanoseconds)
            }
        }
    }
}
