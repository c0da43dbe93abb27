package import Authentication
package import Bytes
import NIOConcurrencyHelpers

/// Which DPoP proofs were used, for all workers of the process: a proof is good once, whichever of them is asked. It outlives every
/// reload.
///
/// One lock, which is held for some hundred nanoseconds of the 60 microseconds that the proof's signature took: with 32 workers that do
/// nothing else it is held for a twentieth of the time. It is the one lock that a request waits for, and only one with a proof does.
package final class SharedReplayMemory: ReplayMemory {
    private let cache = NIOLockedValueBox(ReplayCache())

    package init() {}

    /// How many are remembered.
    package var count: Int { cache.withLockedValue(\.count) }

    package func record(
        _ use: ReplayCache.Use, within window: ReplayCache.Window, now: Timestamp
    ) -> ReplayCache.Ruling {
        cache.withLockedValue { $0.record(use, within: window, now: now) }
    }

    package func ruling(
        on use: ReplayCache.Use, within window: ReplayCache.Window, now: Timestamp
    ) -> ReplayCache.Ruling {
        cache.withLockedValue { $0.ruling(on: use, within: window, now: now) }
    }
}
