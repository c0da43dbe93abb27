import ServiceLifecycle
import Synchronization

/// Something that happens once, and that one task waits for.
final class StartSignal: Sendable {
    private let stream: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation
    private let isGiven = Atomic(false)

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    /// It has happened.
    func give() {
        isGiven.store(true, ordering: .sequentiallyConsistent)
        continuation.finish()
    }

    /// Returns whether it has happened: false when the process is to end before.
    @discardableResult
    func wait() async -> Bool {
        await withTaskCancellationOrGracefulShutdownHandler {
            for await _ in stream {}
        } onCancelOrGracefulShutdown: { [continuation] in
            continuation.finish()
        }
        return isGiven.load(ordering: .sequentiallyConsistent)
    }

    /// Returns when the process is to end. ServiceLifecycle's `gracefulShutdown()` may wait for ever in a task that is cancelled already.
    static func waitForEnd() async {
        await StartSignal().wait()
    }
}
