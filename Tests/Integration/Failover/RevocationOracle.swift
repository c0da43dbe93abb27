/// Judges answers by what is known of the sessions that they are about.
///
/// Counts nothing that no server knows: while a write is under way, or when a failover may have lost it, either answer is
/// right. A session's *unknown* is right at any time here; that it ends is the test's to see.
struct RevocationOracle {
    typealias Instant = ContinuousClock.Instant

    /// What is known of one session.
    struct History {
        /// From then on it is good: its record is on every server that can become the primary.
        var goodFrom: Instant
        /// Its deletion was sent. Until then it is good.
        var deletionSent: Instant?
        /// Its deletion was acknowledged, and is on every server that can become the primary. Nil when that isn't known.
        var deletedAt: Instant?
    }

    enum Outcome: Hashable {
        case valid, invalid, unknown
        /// Nothing that a request for a session may get.
        case other(String)
    }

    struct Answer {
        /// Its place among the histories.
        var session: Int
        /// Before the request's first byte was sent.
        var sent: Instant
        /// After the answer's last byte was read.
        var received: Instant
        var outcome: Outcome
    }

    /// The bound that the resolver exported, in the order in which it was asked for it.
    var bounds: [(asked: Instant, received: Instant, bound: Duration)] = []
    /// When a primary was demoted: until the next heartbeat it is believed, and does not know of what came after.
    var demotions: [Instant] = []
    /// How long a new session may be unknown to the server that is asked: with `role: any` a replica may lag.
    var patienceWithNew = Duration.zero

    /// What is wrong with an answer; nil: nothing.
    func violation(_ answer: Answer, _ history: History) -> String? {
        switch answer.outcome {
        case .unknown: return nil
        case .other(let what): return "got \(what)"
        case .invalid:
            guard answer.sent >= history.goodFrom + patienceWithNew else { return nil }
            if let deletionSent = history.deletionSent, answer.received > deletionSent { return nil }
            if wasJustDemoted(before: history.goodFrom, answer.sent) { return nil }
            return "good for \(answer.sent - history.goodFrom), and was invalid"
        case .valid:
            guard let deletedAt = history.deletedAt, answer.sent > deletedAt else { return nil }
            let late = answer.sent - deletedAt
            guard let bound = largestBound(from: deletedAt, to: answer.sent) else { return "no bound was exported" }
            return late > bound ? "deleted for \(late), and was valid; the bound was \(bound)" : nil
        }
    }

    /// Whether the session came after a demotion, and the request within the bound.
    private func wasJustDemoted(before goodFrom: Instant, _ sent: Instant) -> Bool {
        demotions.contains { demotion in
            demotion <= goodFrom && largestBound(from: demotion, to: sent).map { sent <= demotion + $0 } == true
        }
    }

    /// The largest bound that may have been in force between these moments: those that were read then, and their
    /// neighbours.
    func largestBound(from: Instant, to: Instant) -> Duration? {
        let before = bounds.lastIndex { $0.received < from } ?? bounds.startIndex
        let after = bounds[before...].firstIndex { $0.asked > to } ?? bounds.endIndex - 1
        return before <= after ? bounds[before...after].map(\.bound).max() : nil
    }
}
