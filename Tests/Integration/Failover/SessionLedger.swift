import NIOConcurrencyHelpers

/// The sessions that there are and were: what the writer knows of each, and which of them clients ask about.
final class SessionLedger: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct State {
        var histories: [RevocationOracle.History] = []
        var cookies: [String] = []
        /// Those that are asked about: the good ones, and those that were deleted in this round.
        var asked: [Int] = []
    }

    private let state = NIOLockedValueBox(State())

    /// A session that is good from now on.
    func add(_ session: StoredSession) -> Int {
        state.withLockedValue {
            $0.asked.append($0.histories.count)
            $0.histories.append(RevocationOracle.History(goodFrom: .now))
            $0.cookies.append(session.cookie)
            return $0.histories.count - 1
        }
    }

    /// Its deletion is about to be sent.
    func deleting(_ session: Int) {
        state.withLockedValue { $0.histories[session].deletionSent = .now }
    }

    /// Its deletion was acknowledged then, and will not be lost.
    func deleted(_ session: Int, at moment: Instant) {
        state.withLockedValue { $0.histories[session].deletedAt = moment }
    }

    /// Nobody knows whether it is there.
    func lost(_ session: Int) {
        state.withLockedValue { $0.asked.removeAll { $0 == session } }
    }

    /// Those that were deleted are asked about no more.
    func beginRound() {
        state.withLockedValue { state in
            state.asked.removeAll { state.histories[$0].deletionSent != nil }
        }
    }

    /// What to ask next, for one who counts its questions.
    func question(_ number: Int) -> (session: Int, cookie: String)? {
        state.withLockedValue { state in
            guard !state.asked.isEmpty else { return nil }
            let session = state.asked[number % state.asked.count]
            return (session, state.cookies[session])
        }
    }

    var histories: [RevocationOracle.History] { state.withLockedValue { $0.histories } }

    /// The deletions since then that are known, each with its moment.
    func deletions(since moment: Instant) -> [(session: Int, at: Instant)] {
        histories.enumerated().compactMap { session, history in
            history.deletedAt.flatMap { $0 >= moment ? (session, $0) : nil }
        }
    }
}
