import DequeModule

/// Look-ups that found the connection being made, without the I/O: each waits for it for `command_timeout` at most.
///
/// Who asks waits while an attempt is under way; in the first `command_timeout` after a connection was lost also between
/// attempts. So a reconnect of milliseconds, or a server that restarts at once, costs nobody an answer, and a server that
/// stays away costs few a wait.
package struct WaitingLookUps<LookUp>: ~Copyable {
    private var patience: Int64
    /// How many may wait.
    private var limit: Int
    private var isAttempting = false
    /// Up to when it counts as a short loss.
    private var shortUntil = Int64.min
    /// In the order in which they were asked.
    private var waiting = Deque<(lookUp: LookUp, asked: Int64)>()

    package init(patience: Int64, limit: Int) {
        self.patience = patience
        self.limit = limit
    }

    /// Takes other bounds; who waits goes on waiting.
    package mutating func adopt(patience: Int64, limit: Int) {
        self.patience = patience
        self.limit = limit
    }

    /// How many wait.
    package var count: Int { waiting.count }

    package mutating func attemptBegan() {
        isAttempting = true
    }

    /// The attempt came to nothing.
    ///
    /// - Returns: who waits no longer.
    package mutating func attemptFailed(at now: Int64) -> [LookUp] {
        isAttempting = false
        // A server that restarts refuses connections for a moment: a failed attempt within that costs nobody an answer.
        return now < shortUntil ? [] : takeAll()
    }

    /// A connection that was ready is gone.
    package mutating func connectionLost(at now: Int64) {
        isAttempting = false
        // Only after a connection that was ready: one that never came about says nothing of how soon there will be one.
        shortUntil = now + patience
    }

    /// The connection is ready, or there will be none any more.
    ///
    /// - Returns: who waits no longer.
    package mutating func ended() -> [LookUp] {
        isAttempting = false
        shortUntil = Int64.min
        return takeAll()
    }

    package enum Admission: Hashable {
        case waits
        /// There is nothing to wait for.
        case futile
        /// Too many wait.
        case overloaded
    }

    /// Somebody asks, while there is no connection.
    package mutating func admit(_ lookUp: LookUp, asked: Int64, at now: Int64) -> Admission {
        // In this order: where nothing can come of waiting, *overloaded* would blame the wrong thing.
        guard isAttempting || now < shortUntil else { return .futile }
        guard waiting.count < limit else { return .overloaded }
        waiting.append((lookUp, asked))
        return .waits
    }

    /// When `expired` has something to give; nil while nobody waits.
    package var nextDeadline: Int64? {
        waiting.first.map { $0.asked + patience }
    }

    /// Who has waited long enough.
    package mutating func expired(at now: Int64) -> [LookUp] {
        var expired: [LookUp] = []
        // All have one patience, so the first to have asked is the first to have waited long enough.
        while let deadline = nextDeadline, deadline <= now, let entry = waiting.popFirst() {
            expired.append(entry.lookUp)
        }
        return expired
    }

    private mutating func takeAll() -> [LookUp] {
        defer { waiting.removeAll() }
        return waiting.map(\.lookUp)
    }
}
