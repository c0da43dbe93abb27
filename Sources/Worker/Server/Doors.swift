import EventLoop

/// Where connections come in, and which loop gets which. One loop has them.
package struct Doors {
    let sockets: [ListeningSocket]
    /// The mailboxes of the loops, each in its turn; nil is the loop that has the doors.
    private let loops: [WorkerMailbox?]
    private var turn = 0

    init(_ sockets: [ListeningSocket], others: ArraySlice<WorkerMailbox>) {
        self.sockets = sockets
        self.loops = [nil] + others.map(Optional.some)
    }

    /// Tells the other loops that no more connections come.
    func end(_ limits: DrainLimits) {
        for loop in loops { loop?.post(.end(limits)) }
    }

    /// The loop that the next connection goes to; nil: it stays.
    mutating func nextLoop() -> WorkerMailbox? {
        defer { turn = (turn + 1) % loops.count }
        return loops[turn]
    }
}
