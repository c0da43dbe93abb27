package import NIOCore
package import Resolution

/// A command that was sent and not answered, and who waits for it.
package struct PendingCommand<Waiter> {
    package enum Question: Hashable, Sendable {
        /// `GET`
        case record(RecordQuery)
        /// `PTTL` of the record whose `GET` follows.
        case timeToLive
        /// Whom does the connection lead to? With the nonce of its round.
        case proof(ServerProof.Question, nonce: UInt64)
        /// `GET` of a record that nobody wants: can such records be asked for?
        case trial(Int, RecordQuery.Kind)
        /// `CLIENT TRACKING OFF`
        case untracking
        /// `CLIENT TRACKING ON REDIRECT` to this client
        case redirection(Int64)
    }

    package let question: Question
    package let sent: NIODeadline
    /// Who asked; nil when the command timed out, and when nobody did.
    package private(set) var waiter: Waiter?

    init(_ question: Question, sent: NIODeadline, waiter: Waiter? = nil) {
        self.question = question
        self.sent = sent
        self.waiter = waiter
    }

    /// The look-up that it is, if it is one.
    package var query: RecordQuery? {
        if case .record(let query) = question { query } else { nil }
    }

    mutating func forgetWaiter() {
        waiter = nil
    }
}
