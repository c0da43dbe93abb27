/// How much one server is asked.
package struct QuestionLimits: Sendable {
    /// How many questions are sent at once.
    package var connections: Int
    /// How many wait to be sent.
    package var waiting: Int
    /// How long a question may take from when it is asked, in nanoseconds.
    package var timeout: Int64
    package var pace: QuestionPace

    package init(connections: Int, waiting: Int, timeout: Int64, pace: QuestionPace = .guarded) {
        self.connections = connections
        self.waiting = waiting
        self.timeout = timeout
        self.pace = pace
    }
}

/// How a server is asked, beside how much (contract sections 13 and 19).
package enum QuestionPace: Sendable {
    /// What was never valid has a share of its own, which grows no faster than a gauge allows, and whether the server is there is
    /// asked without a credential.
    case guarded
    /// What was valid goes first, has a quarter of the connections to itself, and while it is answered is not held up by what
    /// others' questions come to; while a breaker is open one question a second is an attempt.
    ///
    /// - Parameter checks: whether the server is asked about a credential of our own, to learn whether it means it when it calls
    ///   one invalid.
    case plain(checks: Bool)

    var isGuarded: Bool { if case .guarded = self { true } else { false } }
    var checks: Bool { if case .plain(checks: true) = self { true } else { false } }
}
