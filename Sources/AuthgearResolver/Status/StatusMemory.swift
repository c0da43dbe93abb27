package import Bytes
import NIOConcurrencyHelpers

/// What the status page knows of the past: samples of the last minutes, and since when things are as they are.
package final class StatusMemory: Sendable {
    private struct Contents {
        var history = StatusHistory()
        var state: Readiness.State
        var since: Timestamp
    }

    private let contents: NIOLockedValueBox<Contents>

    /// - Parameter moment: when the process started.
    package init(startedAt moment: Timestamp) {
        contents = NIOLockedValueBox(Contents(state: .starting, since: moment))
    }

    package var history: StatusHistory { contents.withLockedValue(\.history) }

    package func add(_ sample: StatusSample) {
        contents.withLockedValue { $0.history.add(sample) }
    }

    /// Takes note of how things are.
    ///
    /// - Returns: since when they are so, as far as anybody looked.
    package func note(_ state: Readiness.State, at now: Timestamp) -> Timestamp {
        contents.withLockedValue { contents in
            if contents.state != state { (contents.state, contents.since) = (state, now) }
            return contents.since
        }
    }
}
