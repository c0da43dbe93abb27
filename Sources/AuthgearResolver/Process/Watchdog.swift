import ServiceLifecycle

/// Tells the supervisor that the process lives, for as long as every worker turns: one that hangs has the process killed and started anew.
///
/// It asks twice in the time that the supervisor allows, however long the answers take, and waits for them as long as that is.
package struct Watchdog: Service {
    private let supervisor: Supervisor
    private let patience: Duration
    private let clock: any Clock<Duration>
    private let turn: @Sendable () async throws -> Void

    /// Nil when nobody waits for it.
    ///
    /// - Parameter turn: returns when every worker has turned since it was called.
    package init?(
        _ supervisor: Supervisor, clock: any Clock<Duration> = ContinuousClock(),
        turn: @escaping @Sendable () async throws -> Void
    ) {
        guard let patience = supervisor.patience else { return nil }
        (self.supervisor, self.patience, self.clock, self.turn) = (supervisor, patience, clock, turn)
    }

    package func run() async throws {
        try? await cancelWhenGracefulShutdown { try await watch(by: clock) }
        await StartSignal.waitForEnd()
    }

    private func watch(by clock: some Clock<Duration>) async throws {
        while true {
            // From the question on: what the answer takes is no time that is added.
            let next = clock.now.advanced(by: patience / 2)
            try await turn()
            supervisor.alive()
            try await clock.sleep(until: next, tolerance: .zero)
        }
    }
}
