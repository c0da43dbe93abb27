/// Whether Redis tells us what changes, decided from what happens on two connections.
///
/// Redis tells of every change to a record (`CLIENT TRACKING` in broadcast mode). It is asked to on the *data* connection
/// and tells on another, the *feed* (RESP2 has no push messages of its own). So changes are told while three things hold:
/// the data connection lives at the server, the feed lives, and the first is redirected to the second. All are known from
/// heartbeats: a reply says that all that the server had to tell when it was asked has come, and on the data connection also
/// that it is the right server, which still tells the feed (`ServerProof`).
///
/// A feed of RESP3 is asked to tell itself. Then nothing is redirected, and it is the feed's own heartbeat that says that it still does.
package struct TrackingState {
    /// How long after its last heartbeat a silent network may be taken for a quiet one.
    package static let lease: Int64 = 1_000_000_000

    private enum Phase {
        /// The data connection isn't redirected to the feed.
        case off
        /// It was told to be, and hasn't answered.
        case asked
        /// The server agreed, and no proof has come since.
        case agreed
        case on
    }

    private var phase = Phase.off
    /// Redirections that were sent and not answered: the last one counts.
    private var unanswered = 0
    private var isDataReady = false
    /// The feed's client id; nil while there is no feed.
    private var feed: Int64?
    /// Whether it tells by itself (RESP3).
    private var tellsItself = false
    /// When the last heartbeat that was answered had been sent.
    private var dataAlive = Int64.min
    private var feedAlive = Int64.min

    package init() {}

    package enum Action: Hashable {
        case none
        /// Send `CLIENT TRACKING ON REDIRECT` with this client id on the data connection.
        case redirect(to: Int64)
        /// Ask the data connection for a proof now, rather than with its next heartbeat.
        case prove
        /// Nothing that was read may be kept.
        case distrust
        /// What was read since tracking is on may be kept until then.
        case trust(until: Int64)
    }

    package var isOn: Bool {
        if case .on = phase { true } else { false }
    }

    /// Whether only proofs are wanting.
    package var isAgreed: Bool {
        if case .agreed = phase { true } else { false }
    }

    package mutating func dataReady() -> Action {
        isDataReady = true
        return redirect()
    }

    package mutating func feedReady(id: Int64, subscribed sent: Int64, tellsItself: Bool = false) -> Action {
        feed = id
        self.tellsItself = tellsItself
        feedAlive = sent
        return redirect()
    }

    package mutating func dataLost() -> Action {
        isDataReady = false
        // The replies that were owed die with the connection; counted on, they would hide those of the next one.
        unanswered = 0
        return turnOff()
    }

    package mutating func feedLost() -> Action {
        feed = nil
        return turnOff()
    }

    /// The server has answered the redirection.
    package mutating func redirected(isAccepted: Bool) -> Action {
        unanswered -= 1
        // An agreement to an earlier redirection names a feed that is gone, and one that comes after the feed was lost names none.
        guard case .asked = phase, unanswered == 0 else { return .none }
        guard isAccepted else { return turnOff() }
        // Not on yet: the server may be another one than the feed's, which the proof behind the redirection shows.
        phase = .agreed
        return .none
    }

    /// The heartbeat that was sent then is answered on the data connection.
    ///
    /// - Parameter isProven: whether the server says all that is wanted of it.
    package mutating func dataAnswered(heartbeat sent: Int64, isProven: Bool) -> Action {
        switch phase {
        // What was asked before the redirection says nothing of it.
        case .off, .asked: return .none
        case .agreed where isProven, .on where isProven:
            phase = .on
            // By the sending: whatever changed before that was told before the reply.
            dataAlive = sent
            return trust()
        case .agreed: return .none
        case .on:
            // Still redirected, so the next whole proof turns it on again; what was read so far is not covered by that one.
            phase = .agreed
            return .distrust
        }
    }

    package mutating func feedAnswered(heartbeat sent: Int64) -> Action {
        feedAlive = sent
        return trust()
    }

    private mutating func redirect() -> Action {
        guard isDataReady, let feed else { return .none }
        if tellsItself {
            // Not on yet: which server the data connection leads to, its proof shows. One that was asked before this moment is as good
            // as a later one: trust begins by it, and what is read from then on was asked when changes were told already.
            let wasOn = isOn
            phase = .agreed
            // What another feed told is not this one's to go on with.
            return wasOn ? .distrust : .prove
        }
        // Whichever of the two connections comes last begins; a feed that came anew is asked for anew.
        phase = .asked
        unanswered += 1
        return .redirect(to: feed)
    }

    private mutating func turnOff() -> Action {
        let wasOn = isOn
        phase = .off
        return wasOn ? .distrust : .none
    }

    /// Up to when what was read may be kept.
    package func trust() -> Action {
        // The older of the two heartbeats: silence on either connection may be a lost message.
        isOn ? .trust(until: min(dataAlive, feedAlive) + Self.lease) : .none
    }
}
