import ServiceLifecycle

/// Tells the supervisor that the process lives, for as long as every worker turns: one that hangs has the process killed and started anew.
///
/// It asks twice in the time that the supervisor allows, and waits for the answers as long as they take.
package struct Watchdog: Service {
    private let supervisor: Supervisor
    private let patience: Duration
    private let turn: @Sendable () async throws -> Void

    /// Nil when nobody waits for it.
    ///
    /// - Parameter turn: returns when every worker has turned since it was called.
    package init?(_ supervisor: Supervisor, turn: @escaping @Sendable () async throws -> Void) {
        guard let patience = supervisor.patience else { return nil }
        (self.supervisor, self.patience, self.turn) = (supervisor, patience, turn)
    }

    package func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await turn()
                supervisor.alive()
                try await Task.sleep(for: patience / 2)
            }
        }
        await StartSignal.waitForEnd()
    }
}
