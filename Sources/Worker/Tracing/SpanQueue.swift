import NIOConcurrencyHelpers
import Synchronization
package import Traces

/// Spans on their way from workers to who sends them: so many at most, all workers together; more are dropped and counted.
///
/// A worker takes room for a request's spans by one addition, and hands over what it has gathered once in a tick, or when it has many:
/// the lock is held as long as it takes to append to a list.
package final class SpanQueue: Sendable {
    /// So many wait at most, those counted that are being sent.
    package static let capacity = 2_048
    /// So many are sent at a time.
    package static let batch = 512

    private struct Contents {
        var spans: [SpanRecord] = []
        /// Told once that a batch is there.
        var wake: (@Sendable () -> Void)?
    }

    private let waiting = Atomic(0)
    private let dropped = Atomic(0)
    private let contents = NIOLockedValueBox(Contents())

    package init() {}

    /// How many wait or are being sent.
    package var waitingCount: Int { waiting.load(ordering: .relaxed) }

    /// How many were never delivered.
    package var droppedCount: Int { dropped.load(ordering: .relaxed) }

    /// Takes room for spans, which are then added. All of a request's, or none.
    ///
    /// - Returns: whether there was any; if not, they are counted as dropped.
    package func reserve(_ count: Int) -> Bool {
        guard waiting.add(count, ordering: .relaxed).newValue > Self.capacity else { return true }
        waiting.subtract(count, ordering: .relaxed)
        dropped.add(count, ordering: .relaxed)
        return false
    }

    /// Adds spans that room was taken for.
    package func add(_ spans: [SpanRecord]) {
        let wake = contents.withLockedValue { contents in
            let isNew = contents.spans.count < Self.batch
            contents.spans += spans
            return isNew && contents.spans.count >= Self.batch ? contents.wake : nil
        }
        wake?()
    }

    /// Takes the spans that were added first, a batch at most. They have their room until `release`.
    package func take() -> [SpanRecord] {
        contents.withLockedValue { contents in
            let taken = Array(contents.spans.prefix(Self.batch))
            contents.spans.removeFirst(taken.count)
            return taken
        }
    }

    /// Spans that were taken are sent, or given up.
    ///
    /// - Parameter lost: how many of them nobody has.
    package func release(_ count: Int, lost: Int) {
        waiting.subtract(count, ordering: .relaxed)
        dropped.add(lost, ordering: .relaxed)
    }

    /// Has somebody told when a batch is there.
    package func onBatch(_ wake: @escaping @Sendable () -> Void) {
        contents.withLockedValue { $0.wake = wake }
    }
}
