import EventLoop
import Logging
package import Redis
import Telemetry

/// What the owner of the feed hands to a worker, in the order in which it happened.
package enum MemoryChange: Hashable, Sendable {
    /// The records under these keys were changed or removed; the feed was heard to say so at a moment of the steady clock, in
    /// nanoseconds.
    case records(KeyList, heard: Int64)
    /// Any record may have changed: the store was emptied.
    case everything
    /// Every change at this server, up to a second before this moment of the steady clock, in nanoseconds, has been handed over.
    case lease(until: Int64, ServerID)
    /// Changes are not told any more.
    case revoked
    /// What the Sentinels say.
    case primary(PrimaryView)
}

/// The feed of the process, owned by one worker: the connection on which Redis tells what changes. Redirects the worker's data
/// connection, its partner, to it, and makes sure by heartbeats that silence means that nothing changed. Performs what
/// `TrackingState` says.
struct ChangeFeed: ~Copyable {
    /// How long to wait when the server does not let us track, in nanoseconds.
    private static let refusedPause: Int64 = 30_000_000_000
    /// How long to wait when the feed reached another server than the data connection.
    private static let elsewherePause: Int64 = 5_000_000_000
    /// How long the feed is left where it does not pay.
    private static let stormPause: Int64 = 60_000_000_000
    /// Where changes come without pause, the feed is read once in so many nanoseconds: each wake-up, which costs more than many
    /// changes, then serves all of them, on each worker. No answer is believed for longer by that: a lease counts from when its
    /// heartbeat was sent, and the heartbeat's answer is read behind all changes before it.
    private static let readInterval: Int64 = 10_000_000

    static let telling = Condition(
        good: "redis tells of changes: sessions are answered from memory",
        bad: "redis does not tell of changes: every session is read anew", badLevel: .warning)

    private var settings: RedisConfiguration
    private let journal: StoreJournal
    var link: RedisLink<FeedConversation>
    private var state = TrackingState()
    /// Set while an attempt is made with RESP3, until the server tells.
    private var isTrial = false
    /// Set when that came to nothing, for whatever reason: a proxy may end a connection for what it does not know. The next attempt is
    /// made with RESP2, and the one behind it with RESP3 again.
    private var isTrialLost = false
    /// The server that the feed has reached; nil while that is not known.
    private var server: ServerID?
    /// The client that the data connection is to be redirected to, when it was not told yet.
    private var redirection: Int64?
    /// Set while the data connection is to prove itself, until it is asked to.
    private var isProofDue = false
    private var changes: [MemoryChange] = []
    private var events: [FeedConnectionState.Event] = []
    private var storm = InvalidationStorm()
    private var counts = InvalidationStorm.Counts()
    /// When the storm is told of the next second.
    private var nextSecond = Int64.min
    /// From when on changes count as rare again.
    private var quietFrom = Int64.min
    /// Until when the Sentinels vouch for the server; nil: they don't. Far away where there are none.
    private var vouchedUntil: Int64?
    /// Why they don't.
    private var doubt = ""

    init(_ settings: RedisConfiguration, journal: StoreJournal, token: UInt64) {
        self.settings = settings
        self.journal = journal
        link = RedisLink(settings, token: token)
        vouchedUntil = settings.sentinels == nil ? .max : nil
    }

    /// Exchanges the changes since the last call for an empty list.
    mutating func takeChanges(into list: inout [MemoryChange]) {
        swap(&changes, &list)
    }

    /// The client that the data connection is to be redirected to, once.
    mutating func takeRedirection() -> Int64? { redirection.take() }

    /// Whether the data connection is to prove itself now, once.
    mutating func takeProofDue() -> Bool {
        defer { isProofDue = false }
        return isProofDue
    }

    // MARK: The data connection

    mutating func dataReady() {
        perform(state.dataReady())
    }

    mutating func dataLost(because failure: ConnectionFailure, at now: Int64) {
        if state.isOn, !link.isStopped {
            journal.count(FeedLoss(ofData: failure))
            tellOff(because: "the connection on which sessions are read was lost", at: now)
        }
        perform(state.dataLost())
    }

    mutating func dataRedirected(error: RedisErrorCode?, at now: Int64) {
        perform(state.redirected(isAccepted: error == nil))
        guard let error else { return }
        journal.count(.refused)
        let isOld = [.generic, .unknownCommand].contains(error)
        let words = isOld ? "it is older than redis 6, or a proxy" : error.words
        tellOff(because: "redis refused CLIENT TRACKING: \(words)", at: now)
    }

    mutating func dataProven(sent: Int64, by server: ServerID?, gap: ProofGap?, at now: Int64) {
        let isSameServer = server != nil && server == self.server
        let wasOn = state.isOn
        perform(state.dataAnswered(heartbeat: sent, isProven: gap == nil && isSameServer))
        guard state.isOn != wasOn || state.isAgreed else { return }
        if state.isOn {
            tellOn(at: now)
        } else if let gap {
            if wasOn { journal.count(.unproven) }
            tellOff(because: "redis \(gap.words)", at: now)
        } else {
            link.conversation?.close(because: .elsewhere, at: now)
            settle(at: now)
        }
    }

    // MARK: The feed

    /// Begins an attempt, in RESP3 where the server may know it.
    mutating func attempt(
        _ options: RedisOptions, on poller: borrowing Poller, resolution: Int, at now: Int64
    ) {
        let isSecond = options.version == .second || isTrialLost
        (isTrial, isTrialLost) = (!isSecond && options.version == .any, false)
        link.attempt(
            FeedConversation(options, tellsItself: !isSecond, at: now), on: poller, resolution: resolution, at: now)
    }

    /// The Sentinels say until when the server that the connections lead to may be trusted; nil: not at all.
    ///
    /// - Parameter problem: why not.
    mutating func vouch(until moment: Int64?, problem: String, at now: Int64) {
        let wasVouched = vouchedUntil != nil
        vouchedUntil = moment
        doubt = problem
        guard wasVouched != (moment != nil), state.isOn else { return }
        // At once, whatever the leases say that were given.
        if wasVouched {
            changes.append(.revoked)
            journal.count(.unvouched)
        } else {
            perform(state.trust())
        }
        tellOn(at: now)
    }

    /// Leaves the server for another one.
    mutating func move(to settings: RedisConfiguration, at now: Int64) {
        link.conversation?.close(because: .moved, at: now)
        settle(at: now)
        self.settings = settings
        link.lead(by: settings, isNew: true)
        if !link.isStopped { link.start(at: now) }
    }

    /// Goes on with other credentials, on a connection of its own that is made anew for them.
    mutating func use(_ credentials: RedisCredentials, at now: Int64) {
        let wasUnderWay = link.isUnderWay
        link.conversation?.use(credentials, at: now)
        settle(at: now)
        // At once: nothing is wrong with the server.
        if wasUnderWay, !link.isUnderWay { link.resume(at: now) }
    }

    /// Takes other settings. `start` of the link is to follow.
    mutating func adopt(_ settings: RedisConfiguration, at now: Int64) {
        self.settings = settings
        vouchedUntil = settings.sentinels == nil ? .max : nil
        link.adopt(settings, at: now)
        settle(at: now)
    }

    mutating func beat(at now: Int64) {
        link.conversation?.beat(at: now)
        settle(at: now)
    }

    /// Leaves the feed for a while where it does not pay to be told of changes; told now and then how many sessions this worker looked
    /// up, and how many of these it found in memory. Connections are dealt out to the workers in turn, so one stands for all.
    mutating func weigh(lookUps: Int, hits: Int, at now: Int64) {
        guard now >= nextSecond else { return }
        nextSecond = now + 1_000_000_000
        (counts.lookUps, counts.hits) = (lookUps, hits)
        guard storm.secondPassed(counts), settings.leavesStorms else { return }
        link.conversation?.close(because: .stormy, at: now)
        settle(at: now)
    }

    /// Takes in what happened on the feed.
    mutating func settle(at now: Int64) {
        var events: [FeedConnectionState.Event] = []
        swap(&events, &self.events)
        link.conversation?.takeEvents(into: &events)
        for event in events { hear(event, at: now) }
        events.removeAll(keepingCapacity: true)
        swap(&events, &self.events)
    }

    private mutating func hear(_ event: FeedConnectionState.Event, at now: Int64) {
        switch event {
        case .listening(let id, let server, let sent, let tellsItself):
            link.becameReady(at: now)
            isTrial = false
            self.server = server
            perform(state.feedReady(id: id, subscribed: sent, tellsItself: tellsItself))
        case .changed(let keys):
            counts.changes += keys.count
            journal.countInvalidations(keys.count)
            changes.append(.records(keys, heard: now))
            // A change that comes alone is read at once; those that follow each other are read together. They follow, too, when
            // some are there at the end of a pause: rare they are again when one passes without any.
            let isAlone = keys.count == 1 && now >= quietFrom
            quietFrom = now + (isAlone ? Self.readInterval : 2 * Self.readInterval)
            if !isAlone { link.mute(until: now + Self.readInterval) }
        case .everythingChanged:
            changes.append(.everything)
            journal.countInvalidations(1)
            // It has ended all leases, and nothing but that has changed: what is read from now on may be kept as before.
            perform(state.trust())
        case .alive(let sent): perform(state.feedAnswered(heartbeat: sent))
        case .closed(let failure): lost(because: failure, at: now)
        }
    }

    private mutating func lost(because failure: ConnectionFailure, at now: Int64) {
        // Before the news of the loss: a lease that were given now would name the server that is gone.
        server = nil
        if !link.isStopped, let loss = FeedLoss(failure), state.isOn || loss.countsFromTheStart { journal.count(loss) }
        perform(state.feedLost())
        isTrialLost = isTrial
        isTrial = false
        if isTrialLost, case .refused(.hello, _) = failure {
            // It knows RESP2 alone, which is no fault.
            link.lost(at: now)
            return link.resume(at: now)
        }
        if !link.isStopped, failure != .reconfigured, failure != .renewed {
            tellOff(because: failure.reason(at: settings.options.address), at: now)
        }
        switch failure {
        case .refused, .unclear(.refused): link.lost(pause: Self.refusedPause, at: now)
        case .elsewhere: link.lost(pause: Self.elsewherePause, at: now)
        case .stormy: link.lost(pause: Self.stormPause, at: now)
        default: link.lost(at: now)
        }
    }

    private mutating func perform(_ action: TrackingState.Action) {
        switch action {
        case .none: break
        case .redirect(let id): redirection = id
        case .prove: isProofDue = true
        // It stands behind all changes that it is for.
        case .trust(let moment):
            guard let server, let vouchedUntil else { break }
            changes.append(.lease(until: min(moment, vouchedUntil), server))
        case .distrust: changes.append(.revoked)
        }
    }

    /// The server tells of changes; whether that is enough, Sentinels decide, where there are any.
    private func tellOn(at now: Int64) {
        journal.tell(Self.telling, problem: vouchedUntil == nil ? doubt : nil, at: now)
    }

    private func tellOff(because reason: String, at now: Int64) {
        journal.tell(Self.telling, problem: reason, at: now)
    }
}
