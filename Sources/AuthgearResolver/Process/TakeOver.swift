import EventLoop
import Logging
import Telemetry
import Worker

/// Follows a process that runs (contract section 30): tries keys and store, says so, and opens the doors when the sockets are its own.
struct TakeOver: Sendable {
    /// Why it ends instead.
    enum Failure: Error, CustomStringConvertible {
        /// What is missing here, and not there.
        case lacking([String])

        var description: String {
            switch self {
            case .lacking(let lines):
                "the process that runs goes on, because it can answer and this one can't: "
                    + lines.joined(separator: "; ")
            }
        }
    }

    /// How often it looks whether the issuers and the store were tried.
    private static let pause = Duration.milliseconds(20)

    let predecessor: Predecessor
    let sockets: InheritedSockets
    let listener: Listener
    let admin: AdminListener
    let control: ControlListener?
    let readiness: @Sendable () async -> Readiness
    let logger: Logger

    /// Returns when requests are answered here. Each worker has tried its store.
    func complete() async throws {
        // Each source once, whatever came of it: with one that is away it would take for ever. No longer than the other one serves.
        while !predecessor.hasSpoken, await readiness().state == .starting { try await Task.sleep(for: Self.pause) }
        let lines = await readiness().lines
        for line in lines { logger.warning("not ready to take over", metadata: .init([.reason: line])) }
        let ending = await Aside.run { predecessor.finish(lacksSomething: !lines.isEmpty) }
        guard case .done(let farewell) = ending else { throw CancellationError() }
        switch farewell {
        case .done: logger.notice("took over from the process that ran")
        case .gone: logger.notice("the process that ran has ended before: this one goes on with its sockets")
        case .refused: throw Failure.lacking(lines)
        case .failed(let problem): throw problem
        }
        // First: if this one ends from here on, the files are its own to remove.
        sockets.own()
        control?.open()
        admin.open()
        listener.open()
    }
}
