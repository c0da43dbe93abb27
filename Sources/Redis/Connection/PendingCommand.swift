package import Authentication
package import NIOCore

/// A command that was sent and not answered, and who waits for it.
package struct PendingCommand<Waiter> {
    package let purpose: CommandPurpose
    package let sent: NIODeadline
    /// Who asked; nil when the command timed out, and when nobody did.
    package private(set) var waiter: Waiter?

    init(_ purpose: CommandPurpose, sent: NIODeadline, waiter: Waiter? = nil) {
        self.purpose = purpose
        self.sent = sent
        self.waiter = waiter
    }

    /// The look-up that it is, if it is one.
    package var query: RecordQuery? {
        if case .record(let query) = purpose { query } else { nil }
    }

    mutating func forgetWaiter() {
        waiter = nil
    }
}
