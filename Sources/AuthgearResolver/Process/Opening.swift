import ServiceLifecycle
import Worker

/// Tells the supervisor that requests are answered: when the doors have opened, that is, when each worker has tried its store. Whether keys and
/// store are there is `/readyz`'s to say: who starts a machine must not wait for an issuer that is away.
struct Opening: Service {
    let listener: Listener
    let supervisor: Supervisor
    /// Nil when nobody is followed.
    let takeOver: TakeOver?

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                for await _ in listener.attempts {}
                try Task.checkCancellation()
                try await takeOver?.complete()
                supervisor.started("configuration 1 since the start")
            }
        } catch is CancellationError {
            // It is to end.
        }
        await StartSignal.waitForEnd()
    }
}
