package import NIOCore

/// Look-ups that found the connection being made, without the I/O: each waits for it for `command_timeout` at most.
///
/// Who asks waits while an attempt is under way; in the first `command_timeout` after a connection was lost also between
/// attempts. So a reconnect of milliseconds, or a server that restarts at once, costs nobody an answer, and a server that
/// stays away costs few a wait.
package struct WaitingLookUps<LookUp>: ~Copyable {
    private let patience: TimeAmount
    /// How many may wait.
    private let limit: Int
    private var isAttempting = false
    /// Up to when it counts as a short loss.
    private var shortUntil = NIODeadline.distantPast
    /// In the order in which they were asked.
    private var waiting = CircularBuffer<(lookUp: LookUp, asked: NIODeadline)>()

    package init(patience: TimeAmount, limit: Int) {
        self.patience = patience
        self.limit = limit
    }

    package mutating func attemptBegan() {
        isAttempting = true
    }

    /// The attempt came to nothing.
    ///
    /// - Returns: who waits no longer.
    package mutating func attemptFailed(at now: NIODeadline) -> [LookUp] {
        isAttempting = false
        return now < shortUntil ? [] : takeAll()
    }

    /// A connection that was ready is gone.
    package mutating func connectionLost(at now: NIODeadline) {
        isAttempting = false
        shortUntil = now + patience
    }

    /// The connection is ready, or there will be none any more.
    ///
    /// - Returns: who waits no longer.
    package mutating func ended() -> [LookUp] {
        isAttempting = false
        shortUntil = .distantPast
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
    package mutating func admit(_ lookUp: LookUp, asked: NIODeadline, at now: NIODeadline) -> Admission {
        guard isAttempting || now < shortUntil else { return .futile }
        guard waiting.count < limit else { return .overloaded }
        waiting.append((lookUp, asked))
        return .waits
    }

    /// When `expired` has something to give; nil while nobody waits.
    package var nextDeadline: NIODeadline? {
        waiting.first.map { $0.asked + patience }
    }

    /// Who has waited long enough.
    package mutating func expired(at now: NIODeadline) -> [LookUp] {
        var expired: [LookUp] = []
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
