import Logging
import ServiceLifecycle

/// The orderly end that the operator asks for by the admin listener: as SIGTERM's. When it ends by itself, the others are to end.
final class DrainOrder: Service {
    private let mark: DrainMark
    private let supervisor: Supervisor
    private let logger: Logger
    private let delay: @Sendable () -> Duration
    private let (orders, ordering) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingOldest(1))

    /// - Parameter delay: for how long nothing changes but the readiness.
    init(
        _ mark: DrainMark, supervisor: Supervisor, logger: Logger, delay: @escaping @Sendable () -> Duration
    ) {
        (self.mark, self.supervisor, self.logger, self.delay) = (mark, supervisor, logger, delay)
    }

    /// Begins the end. A second time changes nothing.
    func give() {
        if !mark.isSet { logger.notice("the admin listener tells the process to end") }
        mark.set()
        supervisor.stopping("answering what is in flight")
        ordering.yield()
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown { [orders, delay] in
            for await _ in orders { return try await Task.sleep(for: delay()) }
        }
    }
}
