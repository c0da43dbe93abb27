import NIOCore
import ServiceLifecycle
import Telemetry

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
