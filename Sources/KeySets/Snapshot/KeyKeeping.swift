package import Bytes

/// How sets of keys outlive the process.
package struct KeyKeeping: Sendable {
    /// What there is of the process before this one.
    package var taken: [TakenSet]
    /// Keeps these in place of those that were kept before. Called on the event loop of the keys: it must not block.
    package var keep: @Sendable ([KeptSet]) -> Void
    /// The civil clock.
    package var clock: @Sendable () -> Timestamp

    package init(
        taken: [TakenSet], clock: @escaping @Sendable () -> Timestamp, keep: @escaping @Sendable ([KeptSet]) -> Void
    ) {
        (self.taken, self.keep, self.clock) = (taken, keep, clock)
    }
}
