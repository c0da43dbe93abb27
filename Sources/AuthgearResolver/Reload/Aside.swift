import EventLoop
import NIOConcurrencyHelpers
import ServiceLifecycle

/// Waits for work that may take too long, or for ever, and leaves it alone then.
package enum Aside {
    /// What came first.
    package enum Ending<Value: Sendable>: Sendable {
        case done(Value)
        /// The time is over.
        case late
        /// The process is to end.
        case left
    }

    private struct Wait<Value: Sendable> {
        /// Set once there is one, which may be before anybody waits.
        var ending: Ending<Value>?
        var continuation: CheckedContinuation<Ending<Value>, Never>?
    }

    /// Does what blocks, on a thread of its own.
    package static func run<Value: Sendable>(
        within patience: Duration? = nil, _ work: @escaping @Sendable () -> Value
    ) async -> Ending<Value> {
        await wait(within: patience) { done in
            // Where the system has no thread left, this one has to do.
            if !BlockingThreads.run({ done(work()) }) { done(work()) }
        }
    }

    /// Does what waits for others.
    package static func attempt<Value: Sendable>(
        _ work: @escaping @Sendable () async -> Value
    ) async -> Ending<Value> {
        await wait(within: nil) { done in Task { done(await work()) } }
    }

    private static func wait<Value: Sendable>(
        within patience: Duration?, begin: (@escaping @Sendable (Value) -> Void) -> Void
    ) async -> Ending<Value> {
        let wait = NIOLockedValueBox(Wait<Value>())
        let clock = patience.map { patience in
            Task {
                try await Task.sleep(for: patience)
                end(wait, with: .late)
            }
        }
        defer { clock?.cancel() }
        return await withTaskCancellationOrGracefulShutdownHandler {
            begin { end(wait, with: .done($0)) }
            return await withCheckedContinuation { continuation in
                let ending = wait.withLockedValue { wait in
                    if wait.ending == nil { wait.continuation = continuation }
                    return wait.ending
                }
                if let ending { continuation.resume(returning: ending) }
            }
        } onCancelOrGracefulShutdown: {
            end(wait, with: .left)
        }
    }

    private static func end<Value>(_ wait: NIOLockedValueBox<Wait<Value>>, with ending: Ending<Value>) {
        let continuation = wait.withLockedValue { wait in
            if wait.ending == nil { wait.ending = ending }
            return wait.continuation.take()
        }
        continuation?.resume(returning: ending)
    }
}
