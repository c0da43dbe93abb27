package import NIOCore
package import Resolution

/// A command that was sent and not answered, and who waits for it.
package struct PendingCommand<Waiter> {
    package enum Question: Hashable, Sendable {
        /// `GET`
        case record(RecordQuery)
        /// `PING`: is the server still there?
        case heartbeat
        /// `CLIENT TRACKING ON REDIRECT`
        case redirection
    }

    package let question: Question
    package let sent: NIODeadline
    /// Who asked first; nil when the command timed out, and when nobody did.
    package private(set) var waiter: Waiter?
    /// Who asked the same while the command was under way.
    package var joiners: [Waiter] = []

    init(_ question: Question, sent: NIODeadline, waiter: Waiter? = nil) {
        self.question = question
        self.sent = sent
        self.waiter = waiter
    }

    /// The look-up that it is, if it is one.
    package var query: RecordQuery? {
        if case .record(let query) = question { query } else { nil }
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
