import Bytes
import JOSE
import Logging
import NIOCore
import Telemetry

/// Owns the schedules of all issuers and the key ring, confined to one event loop; performs what the schedules decide.
final class Refresher {
    /// How many requests wait for keys at once, over all issuers.
    static let waiterLimit = 10_000
    private static let fetching = Condition(
        good: "keys are fetched again", bad: "keys could not be fetched", badLevel: .warning)
    /// How many unknown `kid`s are remembered, over all issuers, within bounds for each.
    static let memoryLimit = 65_536

    /// What the refresher does to the world outside its event loop.
    struct Effects: Sendable {
        /// Begins a fetch; `fetchEnded` follows.
        var fetch: @Sendable (FetchOrder) -> Void
        /// Begins to make a table; `tableMade` follows.
        var makeTable: @Sendable (TableOrder) -> Void
        var publish: @Sendable (KeyRing) -> Void
        /// From 0 to 1.
        var jitter: @Sendable () -> Double
    }

    private let eventLoop: any EventLoop
    let effects: Effects
    private var maxStale: Duration
    private let log: LimitedLog
    /// Nil where nothing outlives the process.
    private let keeping: KeyKeeping?
    /// When what outlives the process was last handed over; nil before the first time.
    private var keptAt: NIODeadline?
    /// The timer for the next time; nil while it is up to the next fetch.
    private var keepTimer: Scheduled<Void>?
    /// In the order of the configuration.
    private(set) var issuers: [IssuerRefresh] = []
    /// The same by their numbers, which orders and the queue name: a place is another issuer's after `adopt`.
    private(set) var byNumber: [Int: IssuerRefresh] = [:]
    private var nextNumber = 0
    /// Behind the last id that an issuer had so far.
    private var idsEnd: UInt32 = 0
    private var queue = FetchQueue(slots: KeyFetcher.maximumFetches)
    /// How many requests wait, over all issuers.
    private var waiting = 0
    private var hasStarted = false
    /// From `stop` on. Before `start`, requests wait already: the listener may be faster than the keys.
    private(set) var isStopped = false
    /// From an order for a table until it is carried out: so that they take one core at most.
    var isMakingTable = false

    init(
        _ settings: KeySets.Settings, keeping: KeyKeeping?, eventLoop: any EventLoop, effects: Effects, log: LimitedLog
    ) {
        self.eventLoop = eventLoop
        self.effects = effects
        self.log = log
        self.keeping = keeping
        maxStale = settings.maxStale
        issuers = takeIssuers(of: settings)
        takeKept()
    }

    /// The steady clock that the listeners read, too (CLOCK_MONOTONIC), in nanoseconds.
    private var now: Int64 { eventLoop.now.steady }

    func start() {
        hasStarted = true
        for issuer in issuers { start(issuer) }
    }

    private func start(_ issuer: IssuerRefresh) {
        handle(issuer) { schedule, now in schedule.start(now: now) }
    }

    /// Answers everybody who waits; from now on nothing is fetched.
    func stop() {
        isStopped = true
        keepTimer?.cancel()
        for issuer in issuers { handle(issuer) { schedule, _ in schedule.stop() } }
    }

    /// Takes other settings. An issuer whose keys come from where they came from before keeps them, whatever its number is now.
    ///
    /// - Parameter handOver: gets the ring of the new issuers, before anybody who waits is answered and before `publish` gets
    ///   another one.
    func adopt(_ settings: KeySets.Settings, handOver: (KeyRing) -> Void) {
        maxStale = settings.maxStale
        var former = Dictionary(issuers.map { ($0.source, $0) }) { first, _ in first }
        issuers = takeIssuers(of: settings, keeping: former)
        for issuer in issuers { former[issuer.source] = nil }
        // Before the former issuers' waiters are let go, so that what they look up next they look up in the new ring.
        handOver(ring)
        for gone in former.values {
            byNumber[gone.number] = nil
            // Who waits verifies again, by the new rules, and waits at the issuer's new place when it has one. Also ends the timer.
            handle(gone) { schedule, _ in schedule.stop(with: .arrived) }
            log.forget(Self.fetching, address: gone.source.issuer, member: ObjectIdentifier(gone))
        }
        guard hasStarted, !isStopped else { return }
        if keptAt != nil, !former.isEmpty { keep() }
        for issuer in issuers where !issuer.hasBegun { start(issuer) }
    }

    /// - Parameter former: those that there were; nil at the start.
    private func takeIssuers(
        of settings: KeySets.Settings, keeping former: [KeySource: IssuerRefresh]? = nil
    ) -> [IssuerRefresh] {
        let memory = min(1_024, max(128, Self.memoryLimit / max(settings.sources.count, 1)))
        let wait = TimeAmount(settings.wait)
        idsEnd = settings.ids.reduce(idsEnd) { max($0, $1.number + 1) }
        return zip(settings.sources, settings.ids).map { source, id in
            let issuer = former?[source] ?? make(from: source, wait: wait, memory: memory)
            if former == nil { issuer.isAwaited = true }
            issuer.id = id
            issuer.schedule.wait = wait
            if let confirmed = issuer.confirmedAt {
                issuer.keys.usableUntil = confirmed + maxStale.nanoseconds
            }
            return issuer
        }
    }

    private func make(from source: KeySource, wait: TimeAmount, memory: Int) -> IssuerRefresh {
        defer { nextNumber += 1 }
        let issuer = IssuerRefresh(number: nextNumber, source: source, wait: wait, memory: memory)
        byNumber[issuer.number] = issuer
        return issuer
    }

    var ring: KeyRing { KeyRing(issuers: issuers.map(\.keys), ids: issuers.map(\.id)) }

    func find(_ missing: MissingKey, reply: @escaping IssuerRefresh.Reply) {
        guard !isStopped else { return reply(.unavailable) }
        guard let issuer = issuers.first(where: { $0.id == missing.issuer }) else {
            // A worker that adopts other settings after it asked verifies again, by those.
            return reply(missing.issuer.number < idsEnd ? .arrived : .unavailable)
        }
        let keys = issuer.keys
        let holding = RefreshSchedule<IssuerRefresh.Reply>.Holding(
            hasKid: missing.kid.map { keys.set?.hasKey(kid: $0) ?? false } ?? false,
            isUsable: keys.set != nil && now < keys.usableUntil)
        let mayWait = waiting < Self.waiterLimit
        handle(issuer) { schedule, now in
            schedule.find(missing, asker: reply, holding: holding, mayWait: mayWait, now: now)
        }
        if issuer.schedule.waiting > 0 { queue.promote(issuer.number) }
    }

    /// - Parameter number: of the issuer; nothing comes of a fetch of one that is gone.
    func fetchEnded(number: Int, result: Result<Fetched, FetchFailure>) {
        // The slot is free whatever came of it, and whether or not the issuer is still there.
        queue.finished()
        // A fetch that was stopped says nothing about the issuer: the service ends.
        guard !isStopped, result.failure?.result != .stopped else { return }
        if let issuer = byNumber[number] {
            switch result {
            case .success(let fetched): succeeded(issuer, with: fetched)
            case .failure(let failure): failed(issuer, with: failure)
            }
        }
        beginFetches()
    }

    var status: [IssuerStatus] { issuers.map { $0.status(now: eventLoop.now) } }
}

// What a fetch brought.
extension Refresher {
    private func succeeded(_ issuer: IssuerRefresh, with fetched: Fetched) {
        let known = issuer.keys.set
        var (set, maxAge) = (known, TimeAmount?.none)
        if case .keys(let keys) = fetched {
            (set, maxAge, issuer.stamp) = (keys.set.keepingTables(of: known), keys.maxAge, keys.stamp)
            issuer.kept = keeping.map { KeptSet(of: issuer.source, jwks: keys.text, confirmedAt: $0.clock()) }
        } else if let keeping {
            issuer.kept?.confirmedAt = keeping.clock()
        }
        let isChanged = set?.fingerprint != known?.fingerprint
        issuer.fetches[isChanged ? .changed : .unchanged, default: 0] += 1
        logSuccess(of: issuer, set: isChanged ? set : nil)
        (issuer.confirmedAt, issuer.origin, issuer.failure) = (now, .fetch, nil)
        // Published before anybody who waits is answered, so that who is told of a key finds it in the ring.
        confirm(issuer, set: set, isChanged: isChanged)
        keepSoon(isChanged: isChanged)
        handle(issuer) { schedule, now in
            schedule.fetchSucceeded(maxAge: maxAge, jitter: effects.jitter(), now: now) { kid in
                set?.hasKey(kid: kid) ?? false
            }
        }
    }

    /// Puts the set into the ring, good for `jwks.max_stale` from now. A set that is the same is published only when that
    /// makes a difference: a file is looked at every second.
    private func confirm(_ issuer: IssuerRefresh, set: KeySet?, isChanged: Bool) {
        let until = now + maxStale.nanoseconds
        let step = min(maxStale / 10, .seconds(60)).nanoseconds
        guard isChanged || issuer.keys.usableUntil + step <= until else { return }
        issuer.keys = IssuerKeys(set: set, usableUntil: until)
        effects.publish(ring)
    }

    private func failed(_ issuer: IssuerRefresh, with failure: FetchFailure) {
        issuer.fetches[failure.result, default: 0] += 1
        issuer.failure = failure
        handle(issuer) { schedule, now in
            schedule.fetchFailed(jitter: effects.jitter(), now: now)
        }
        let retry = issuer.schedule.untilRefresh(now: eventLoop.now)
        tell(
            of: issuer, problem: "\(failure)",
            metadata: .init([
                .issuer: issuer.source.issuer, .address: issuer.source.place, .reason: "\(failure)",
                .retryIn: "\(Double(retry.nanoseconds / 1_000_000) / 1_000)",
            ]))
    }

    private func logSuccess(of issuer: IssuerRefresh, set: KeySet?) {
        if let set {
            log.event(
                .info, issuer.confirmedAt == nil ? "keys loaded" : "keys changed", address: issuer.source.issuer,
                at: eventLoop.now.uptimeNanoseconds
            ) {
                .init([
                    .issuer: issuer.source.issuer, .count: "\(set.keys.count)", .skipped: "\(set.skipped.count)",
                ])
            }
        } else {
            log.logger.trace("keys are unchanged", metadata: .init([.issuer: issuer.source.issuer]))
        }
        if issuer.failure != nil { tell(of: issuer, problem: nil, metadata: .init([.issuer: issuer.source.issuer])) }
    }

    /// Each failure is told again, once a minute: an outage of keys shows only when they are too old.
    private func tell(of issuer: IssuerRefresh, problem: String?, metadata: Logger.Metadata) {
        log.condition(
            Self.fetching, address: issuer.source.issuer, member: ObjectIdentifier(issuer), problem: problem,
            isReminder: problem != nil, metadata: metadata, at: eventLoop.now.uptimeNanoseconds)
    }
}

// What outlives the process.
extension Refresher {
    private static let betweenKeeping = TimeAmount.hours(1)

    /// Begins with what the process before this one had. Published before anybody can ask for a key: who is told then that it is there
    /// finds it.
    private func takeKept() {
        guard let keeping, !keeping.taken.isEmpty else { return }
        for taken in keeping.taken {
            for issuer in issuers where issuer.source == taken.source {
                let confirmed = taken.confirmedAt
                // Since that moment, and not since now: a restart makes no key younger.
                issuer.keys = IssuerKeys(set: taken.set, usableUntil: confirmed.steady + maxStale.nanoseconds)
                (issuer.confirmedAt, issuer.origin) = (confirmed.steady, .snapshot)
                issuer.kept = KeptSet(of: issuer.source, jwks: taken.jwks, confirmedAt: confirmed.timestamp)
            }
        }
        effects.publish(ring)
    }

    /// A fetch has confirmed a set: one that changed is kept at once, one that is the same grows old otherwise and is kept once an hour.
    private func keepSoon(isChanged: Bool) {
        guard keeping != nil else { return }
        let due = keptAt.map { $0 + Self.betweenKeeping } ?? eventLoop.now
        if isChanged || due <= eventLoop.now { return keep() }
        guard keepTimer == nil else { return }
        keepTimer = eventLoop.assumeIsolated().scheduleTask(deadline: due) { self.keep() }
    }

    /// Keeps the sets of all issuers that may be used still.
    private func keep() {
        keepTimer?.cancel()
        (keepTimer, keptAt) = (nil, eventLoop.now)
        keeping?.keep(issuers.filter { now < $0.keys.usableUntil }.compactMap(\.kept))
    }
}

// What a schedule decided.
extension Refresher {
    private func handle(
        _ issuer: IssuerRefresh,
        event: (inout RefreshSchedule<IssuerRefresh.Reply>, NIODeadline) ->
            RefreshSchedule<IssuerRefresh.Reply>.Actions
    ) {
        let before = issuer.schedule.waiting
        let actions = event(&issuer.schedule, eventLoop.now)
        waiting += issuer.schedule.waiting - before
        for answer in actions.answers { answer.asker(answer.reply) }
        if let fetch = actions.fetch {
            queue.add(issuer.number, isEarly: fetch == .early)
            beginFetches()
        }
        // Last, because all of that may change when something is due next.
        setTimer(for: issuer)
    }

    private func beginFetches() {
        while let number = queue.next() {
            guard let issuer = byNumber[number] else {
                queue.finished()
                continue
            }
            effects.fetch(FetchOrder(issuer: number, source: issuer.source, stamp: issuer.stamp))
        }
    }

    private func setTimer(for issuer: IssuerRefresh) {
        let isGone = byNumber[issuer.number] == nil
        let moment = isStopped || isGone ? nil : issuer.schedule.wakeAt
        guard issuer.timer?.at != moment else { return }
        issuer.timer?.task.cancel()
        issuer.timer = moment.map { moment in
            let task = eventLoop.assumeIsolated().scheduleTask(deadline: moment) { self.fire(for: issuer) }
            return (task, moment)
        }
    }

    private func fire(for issuer: IssuerRefresh) {
        issuer.timer = nil
        handle(issuer) { schedule, now in schedule.timePassed(now: now) }
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
