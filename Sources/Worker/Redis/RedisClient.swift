package import Authentication
import Bytes
package import EventLoop
package import Redis
package import Telemetry

/// The session store in Redis, as one worker sees it, on the worker's own loop.
///
/// Keeps one data connection, on which look-ups are pipelined, and makes a new one when it is lost; meanwhile look-ups wait for it
/// (`WaitingLookUps`). One worker also owns the feed, from which all are told of changes. Whoever drives it tells it what its
/// sockets say and how late it is, then takes replies, changes for the others and what becomes of its own memory. It knows of
/// records only that `Record` decodes them.
package struct RedisClient: ~Copyable {
    /// The client's part in the process' one feed.
    package enum FeedRole: Sendable {
        /// Nothing is answered from memory.
        case none
        case owner
        /// Told by the owner.
        case follower
    }

    /// What becomes of the worker's memory.
    package enum MemoryEvent: Hashable, Sendable {
        /// The records under these keys were changed or removed; the feed was heard to say so at a moment of the steady clock.
        case changed(KeyList, heard: Int64)
        /// What was read since trust began may be answered from memory until this moment of the steady clock.
        case trusted(until: Int64)
        /// Nothing that was read may be answered from memory any more.
        case distrusted
    }

    /// The tokens under which the poller tells of the client's sockets.
    package struct Tokens: Sendable {
        let data: UInt64
        let feed: UInt64
        /// The first of the connections to Sentinels; the others come behind it.
        let sentinels: UInt64

        package init(data: UInt64, feed: UInt64, sentinels: UInt64) {
            self.data = data
            self.feed = feed
            self.sentinels = sentinels
        }
    }

    /// A look-up that waits for the connection.
    struct Waiting {
        let query: RecordQuery
        let number: Int
        let asked: Int64
    }

    /// How long a readiness check waits at most, in nanoseconds.
    package static let trialPatience = Duration.seconds(1)
    /// Between two heartbeats, in nanoseconds.
    private static let heartbeatInterval: Int64 = 250_000_000

    var settings: RedisConfiguration
    /// The same, with the server that the connections lead to; where no Sentinels say which it is, `settings`.
    var target: RedisConfiguration
    /// Nil unless Sentinels say where the server is.
    var search: PrimarySearch?
    /// Nil unless this worker asks them.
    var sentinels: SentinelWatch?
    let isWatcher: Bool
    let tokens: Tokens
    package let journal: StoreJournal
    private let mismatches = MismatchQuota()
    var data: RedisLink<RecordConnection>
    /// Nil unless this worker owns it.
    var feed: ChangeFeed?
    var lease = MemoryLease()
    var isCached: Bool
    private var nextBeat = Int64.max
    /// When the server is to be told of the credentials again that it refused.
    var nextRenewal = Int64.max
    var nextNameCheck = Int64.max
    /// The resolution by which it is seen whether the name still leads where the data connection is.
    var nameCheck: Int?
    var resolutions = 0
    /// What is to be found out away from the loop.
    var unresolved: [Resolution] = []
    /// Set while look-ups can be sent.
    var isReady = false
    /// Set while other settings are on their way: nothing is asked of the server that these lead to.
    var isHeld = false
    /// What the server owes replies to that other settings lead away from; nil unless it is being left.
    var moved: [EndedLookUp]?
    var waiting: WaitingLookUps<Waiting>
    /// Why a look-up has no answer at this moment.
    var absence = StoreFailure.disconnected
    /// When the last heartbeat had been sent by whose answer the server has proven all that is wanted of it.
    var provenAt: Int64?
    var trial: RecordTrial?
    private var trials = 0
    /// Set when the first attempt to connect has ended, well or badly.
    package internal(set) var hasEndedFirstAttempt = false

    var events: [RedisConnectionState.Event] = []
    var ended: [EndedLookUp] = []
    var replies: [NumberedReply] = []
    var lost: [EndedLookUp] = []
    var memoryEvents: [MemoryEvent] = []
    var changes: [MemoryChange] = []

    /// Whether look-ups can be answered at this moment, and why not.
    package internal(set) var status = StoreStatus.unreachable(reason: "redis was not asked yet")

    /// - Parameter isWatcher: whether it is this worker that asks Sentinels, where there are any, and tells the others.
    package init(
        _ settings: RedisConfiguration, role: FeedRole, isWatcher: Bool, tokens: Tokens, log: LimitedLog
    ) {
        self.settings = settings
        self.isWatcher = isWatcher
        self.tokens = tokens
        target = settings
        journal = StoreJournal(address: "\(settings.options.address)", log: log)
        data = RedisLink(settings, token: tokens.data)
        if role == .owner { feed = ChangeFeed(settings, journal: journal, token: tokens.feed) }
        isCached = role != .none
        waiting = WaitingLookUps(patience: settings.options.commandTimeout, limit: settings.options.maximumPending)
        searchAnew()
    }

    /// How long after a session ended a request that comes may still be answered by what was read before, at this moment.
    ///
    /// A read may be on its way that the request joins, from a server that was demoted since its last heartbeat. While
    /// changes are told, and answers kept, a silent network can hide the news. A replica may be behind by what is allowed,
    /// and a second more, because it counts whole ones. That a server is none any more which still says that it is the primary, the
    /// Sentinels say when they are asked next.
    package var revocationLag: Duration {
        let asked = search == nil ? 0 : SentinelTopology.interval + SentinelTopology.turn
        let read = settings.options.commandTimeout + max(Self.heartbeatInterval, asked)
        let ours = isCached && lease.isOn ? max(read, TrackingState.lease) : read
        guard case .any(let maximumLag) = settings.options.role else { return .nanoseconds(ours) }
        return .nanoseconds(maximumLag + 1_000_000_000 + max(ours, TrackingState.lease))
    }

    /// Whether what is read may be kept in memory.
    package var isTrusted: Bool { lease.isOn }

    /// What was counted, and how things are at this moment.
    package func figures(at now: Int64) -> StoreFigures {
        var figures = journal.figures
        figures.role = .some(.none)
        figures.proofAge = provenAt.map { .nanoseconds(now - $0) }
        figures.pending = waiting.count
        guard isReady else { return figures }
        switch data.conversation {
        case .some(let connection):
            figures.pending = connection.pendingCount
            if connection.role == .primary { figures.role = .primary }
            if connection.role == .replica { figures.role = .replica }
        case .none: break
        }
        return figures
    }

    /// When `pass` has something to do; far away when it has not.
    package var due: Int64 {
        var due = min(data.due, min(nextBeat, nextNameCheck, nextRenewal))
        switch feed {
        case .some(let feed): due = min(due, feed.link.due)
        case .none: break
        }
        switch sentinels {
        case .some(let sentinels): due = min(due, sentinels.due)
        case .none: break
        }
        // While it is ready nobody waits for it.
        if !isReady, let deadline = waiting.nextDeadline { due = min(due, deadline) }
        return min(due, trial?.deadline ?? .max)
    }

    // MARK: What is taken

    /// Exchanges the replies to look-ups for an empty list. Each look-up has one, here or in `takeLost`.
    package mutating func takeReplies(into list: inout [NumberedReply]) { swap(&replies, &list) }

    /// The look-ups that a lost connection owed replies to: records are only read, so they can be asked once more. `gaveUp` is to be
    /// told of those that are not.
    package mutating func takeLost() -> [EndedLookUp] {
        guard !lost.isEmpty else { return [] }
        defer { lost = [] }
        return lost
    }

    /// A look-up that was lost is not asked again.
    package func gaveUp(_ lookUp: EndedLookUp, at now: Int64) {
        journal.ended(lookUp, at: now)
    }

    package mutating func takeMemoryEvents() -> [MemoryEvent] {
        guard !memoryEvents.isEmpty else { return [] }
        defer { memoryEvents = [] }
        return memoryEvents
    }

    /// What the other workers are to be told, in order; nothing unless this one owns the feed.
    package mutating func takeChanges() -> [MemoryChange] {
        guard !changes.isEmpty else { return [] }
        defer { changes = [] }
        return changes
    }

    /// What is to be found out away from the loop.
    package mutating func takeResolutions() -> [Resolution] {
        sentinels?.takeResolutions(into: &unresolved)
        guard !unresolved.isEmpty else { return [] }
        defer { unresolved = [] }
        return unresolved
    }

    /// Does something that is rare.
    package mutating func perform(_ body: (inout RedisClient) -> Void) {
        body(&self)
    }

    /// How a name is resolved.
    package var names: NameService { settings.names }
}

// The life of the client.
extension RedisClient {
    /// Connects, and stays connected until `stop`.
    package mutating func start(on poller: borrowing Poller, at now: Int64) {
        nextBeat = now + Self.heartbeatInterval
        nextNameCheck = now.addingSaturated(settings.names.interval)
        data.start(at: now)
        feed?.link.start(at: now)
        connect(on: poller, at: now)
        takeSentinels(on: poller, at: now)
        settle(on: poller, at: now)
    }

    /// Closes the connections. What waits fails, and so does what is asked later.
    package mutating func stop(on poller: borrowing Poller, at now: Int64) {
        (nextBeat, nextNameCheck, nextRenewal) = (.max, .max, .max)
        fail(waiting.ended(), because: .disconnected, at: now)
        sentinels?.stop(at: now)
        feed?.link.stop(at: now)
        data.stop(at: now)
        settle(on: poller, at: now)
    }

    /// A socket of the client's has something to tell.
    package mutating func hear(
        _ event: Poller.Event, buffer: borrowing ReadBuffer, on poller: borrowing Poller, at now: Int64
    ) {
        if event.token == tokens.data {
            data.hear(event, buffer: buffer, on: poller, at: now)
        } else if event.token >= tokens.sentinels {
            sentinels?.hear(event, buffer: buffer, on: poller, at: now)
            takeSentinels(on: poller, at: now)
        } else {
            feed?.link.hear(event, buffer: buffer, on: poller, at: now)
        }
        settle(on: poller, at: now)
    }

    /// Does what is due.
    package mutating func pass(buffer: borrowing ReadBuffer, on poller: borrowing Poller, at now: Int64) {
        connect(on: poller, at: now)
        sentinels?.pass(buffer: buffer, on: poller, at: now)
        takeSentinels(on: poller, at: now)
        data.pass(buffer: buffer, on: poller, at: now)
        feed?.link.pass(buffer: buffer, on: poller, at: now)
        settle(on: poller, at: now)
        if now >= nextBeat { beat(at: now) }
        if now >= nextNameCheck { checkName(at: now) }
        if now >= nextRenewal { renewCredentials(at: now) }
        if !isReady { fail(waiting.expired(at: now), because: absence, at: now) }
        if let trial, now >= trial.deadline { endTrial(with: .unreachable(reason: trial.lateReason)) }
        settle(on: poller, at: now)
    }

    /// Told now and then how many sessions the worker looked up so far, and how many of these it found in memory.
    mutating func weighFeed(lookUps: Int, hits: Int, on poller: borrowing Poller, at now: Int64) {
        feed?.weigh(lookUps: lookUps, hits: hits, at: now)
        settle(on: poller, at: now)
    }

    /// Also while nothing is tracked: else a silent connection would never be missed, nor a server that is demoted.
    private mutating func beat(at now: Int64) {
        nextBeat = now + Self.heartbeatInterval
        data.conversation?.beat(at: now)
        feed?.beat(at: now)
        sentinels?.beat(at: now)
    }

    /// Begins the attempts that are due.
    mutating func connect(on poller: borrowing Poller, at now: Int64) {
        if data.isAttemptDue(at: now) {
            waiting.attemptBegan()
            if isTargetKnown(at: now) {
                let state = RecordConnection(
                    target.options, readsUserEnds: settings.readsUserEnds, mismatches: mismatches, at: now)
                data.attempt(state, on: poller, resolution: resolve(for: .data), at: now)
            }
        }
        guard search == nil || search?.node != nil else {
            // The data connection's attempt finds where both lead.
            feed?.link.postpone(until: .max)
            return
        }
        if feed?.link.isAttemptDue(at: now) ?? false {
            let resolution = resolve(for: .feed)
            feed?.attempt(target.options, on: poller, resolution: resolution, at: now)
        }
    }
}

// Look-ups.
extension RedisClient {
    /// Asks for a record: the reply has this number.
    ///
    /// - Parameter asked: from when on `command_timeout` counts.
    package mutating func ask(for query: RecordQuery, number: Int, asked: Int64, at now: Int64) {
        if isReady {
            data.conversation?.ask(for: query, number: number, at: asked)
            return
        }
        let lookUp = Waiting(query: query, number: number, asked: asked)
        guard !data.isStopped else { return fail([lookUp], because: .disconnected, at: now) }
        switch waiting.admit(lookUp, asked: asked, at: now) {
        case .waits: break
        case .futile: fail([lookUp], because: absence, at: now)
        case .overloaded: fail([lookUp], because: .overloaded, at: now)
        }
    }

    /// Writes what was asked, and takes in what became of it at once.
    package mutating func flush(on poller: borrowing Poller, at now: Int64) {
        settle(on: poller, at: now)
    }

    mutating func fail(_ lookUps: [Waiting], because failure: StoreFailure, at now: Int64) {
        for lookUp in lookUps {
            journal.failed(lookUp.query, because: failure, at: now)
            replies.append(NumberedReply(number: lookUp.number, reply: .unavailable(failure)))
        }
    }

    /// Asks for records on the connection to see whether they can be read: at most one trial at a time, which all join who want to
    /// know meanwhile.
    ///
    /// The questions leave with the next `flush`.
    ///
    /// - Parameter reply: called once, within `command_timeout` and a second.
    package mutating func tryRecords(
        of queries: [RecordQuery], at now: Int64, reply: @escaping @Sendable (StoreStatus) -> Void
    ) {
        guard isReady, status == .reachable, !queries.isEmpty else { return reply(status) }
        if trial != nil {
            trial?.replies.append(reply)
            return
        }
        trials += 1
        trial = RecordTrial(
            number: trials, kinds: queries.map(\.kind), address: target.options.address,
            deadline: now + min(settings.options.commandTimeout, Self.trialPatience.nanoseconds), replies: [reply])
        let number = trials
        data.conversation?.ask(for: queries, trial: number, at: now)
    }

    mutating func endTrial(with status: StoreStatus) {
        guard let ended = trial.take() else { return }
        for reply in ended.replies { reply(status) }
    }
}
