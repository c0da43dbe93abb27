import Synchronization

/// Keeps the doors shut until each worker has tried once to connect to its store: where Redis can be reached, the first cookie
/// already finds a connection. The addresses are bound before, so who connects meanwhile waits and is not refused.
package final class StartGate: Sendable {
    private let missing: Atomic<Int>
    private let opened: @Sendable () -> Void

    /// - Parameter opened: called once, by the last worker that passes.
    package init(workers: Int, opened: @escaping @Sendable () -> Void) {
        missing = Atomic(workers)
        self.opened = opened
    }

    /// A worker has tried; called once by each.
    package func pass() {
        if missing.subtract(1, ordering: .sequentiallyConsistent).newValue == 0 { opened() }
    }
}
