import Bytes
import EventLoop
import Synchronization

/// When an event loop last swept: it does so twice a second, also while nobody asks anything. One that hangs can't be asked whether it
/// does, so others look here.
package final class WorkerPulse: Sendable {
    /// So long a loop may be silent before it is said to hang.
    static let longestSilence = Duration.seconds(5)

    /// On the steady clock, in nanoseconds; far away from when the loop has ended.
    private let last: Atomic<Int64>

    /// - Parameter now: a loop that has not begun yet has until then to do so.
    package init(at now: Int64 = Moment.steadyNanoseconds()) {
        last = Atomic(now)
    }

    /// The loop turns.
    package func beat(at now: Int64) {
        last.store(now, ordering: .relaxed)
    }

    /// The loop has ended in order.
    func end() {
        last.store(.max, ordering: .relaxed)
    }

    /// How long ago it was; nothing once the loop has ended.
    package func silence(at now: Int64) -> Duration {
        .nanoseconds(max(0, now.addingSaturated(-last.load(ordering: .relaxed))))
    }
}
