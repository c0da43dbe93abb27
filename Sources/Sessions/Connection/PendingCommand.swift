package import NIOCore
package import Resolution

/// A `GET` that was sent and not answered, and who waits for it.
package struct PendingCommand<Waiter> {
    package let query: RecordQuery
    package let sent: NIODeadline
    /// Who asked first; nil when the command timed out.
    package private(set) var waiter: Waiter?
    /// Who asked the same while the command was under way.
    package var joiners: [Waiter] = []

    init(query: RecordQuery, sent: NIODeadline, waiter: Waiter) {
        self.query = query
        self.sent = sent
        self.waiter = waiter
    }

    package var waiterCount: Int { (waiter == nil ? 0 : 1) + joiners.count }

    package func forEachWaiter(_ body: (Waiter) -> Void) {
        if let waiter { body(waiter) }
        joiners.forEach(body)
    }

    mutating func forgetWaiters() {
        waiter = nil
        joiners = []
    }
}
