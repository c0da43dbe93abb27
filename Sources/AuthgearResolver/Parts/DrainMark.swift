import Synchronization

/// Whether the process was told to end: from that moment on it is not ready for new work, though it still takes it.
final class DrainMark: Sendable {
    private let isMade = Atomic(false)

    /// Set once, and for good.
    func set() {
        isMade.store(true, ordering: .relaxed)
    }

    var isSet: Bool { isMade.load(ordering: .relaxed) }
}
