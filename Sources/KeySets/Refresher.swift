import Bytes
import JOSE
import Logging
import NIOCore
import Telemetry

/// Owns the schedules of all issuers and the key ring, confined to one event loop; performs what the schedules decide.
final class Refresher {
    /// How many fetches run at once.
    static let fetchSlots = 16
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
        var publish: @Sendable (KeyRing) -> Void
        /// From 0 to 1.
        var jitter: @Sendable () -> Double
    }

    private let eventLoop: any EventLoop
    private let effects: Effects
    private let maxStale: Duration
    private let log: LimitedLog
    private let issuers: [IssuerRefresh]
    private var ring: KeyRing
    private var queue = FetchQueue(slots: fetchSlots)
    /// How many requests wait, over all issuers.
    private var waiting = 0
    /// From `stop` on. Before `start`, requests wait already: the listener may be faster than the keys.
    private var isStopped = false

    init(_ settings: KeySets.Settings, eventLoop: any EventLoop, effects: Effects, log: LimitedLog) {
        self.eventLoop = eventLoop
        self.effects = effects
        self.log = log
        maxStale = settings.maxStale
        let sources = settings.sources
        let memory = min(1_024, max(128, Self.memoryLimit / max(sources.count, 1)))
        issuers = sources.map { IssuerRefresh(source: $0, wait: TimeAmount(settings.wait), memory: memory) }
        ring = .empty(settings.ids)
    }

    /// The steady clock that the listeners read, too (CLOCK_MONOTONIC), in nanoseconds.
    private var now: Int64 { Int64(eventLoop.now.uptimeNanoseconds) }

    func start() {
        for index in issuers.indices {
            handle(index) { schedule, now in schedule.start(now: now) }
        }
    }

    /// Answers everybody who waits; from now on nothing is fetched.
    func stop() {
        isStopped = true
        for index in issuers.indices {
            handle(index) { schedule, _ in schedule.stop() }
        }
    }

    func find(_ missing: MissingKey, reply: @escaping IssuerRefresh.Reply) {
        guard !isStopped, let index = ring.place(of: missing.issuer) else { return reply(.unavailable) }
        let keys = ring.issuers[index]
        let holding = RefreshSchedule<IssuerRefresh.Reply>.Holding(
            hasKid: missing.kid.map { keys.set?.hasKey(kid: $0) ?? false } ?? false,
            isUsable: keys.set != nil && now < keys.usableUntil)
        let mayWait = waiting < Self.waiterLimit
        handle(index) { schedule, now in
            schedule.find(missing, asker: reply, holding: holding, mayWait: mayWait, now: now)
        }
        if issuers[index].schedule.waiting > 0 { queue.promote(index) }
    }

    func fetchEnded(_ index: Int, _ result: Result<Fetched, FetchFailure>) {
        queue.finished()
        // A fetch that was stopped says nothing about the issuer: the service ends.
        guard !isStopped, result.failure?.result != .stopped else { return }
        switch result {
        case .success(let fetched): succeeded(index, fetched)
        case .failure(let failure): failed(index, failure)
        }
        beginFetches()
    }

    var status: [IssuerStatus] {
        zip(issuers, ring.issuers).map { issuer, keys in
            issuer.status(keys, now: eventLoop.now)
        }
    }
}

// What a fetch brought.
extension Refresher {
    private func succeeded(_ index: Int, _ fetched: Fetched) {
        let issuer = issuers[index]
        let known = ring.issuers[index].set
        var (set, maxAge) = (known, TimeAmount?.none)
        if case .keys(let keys) = fetched {
            (set, maxAge, issuer.stamp) = (keys.set, keys.maxAge, keys.stamp)
        }
        let isChanged = set?.fingerprint != known?.fingerprint
        issuer.fetches[isChanged ? .changed : .unchanged, default: 0] += 1
        logSuccess(issuer, set: isChanged ? set : nil)
        issuer.confirmedAt = eventLoop.now
        issuer.failure = nil
        // Published before anybody who waits is answered, so that who is told of a key finds it in the ring.
        confirm(index, set: set, isChanged: isChanged)
        handle(index) { schedule, now in
            schedule.fetchSucceeded(maxAge: maxAge, jitter: effects.jitter(), now: now) { kid in
                set?.hasKey(kid: kid) ?? false
            }
        }
    }

    /// Puts the set into the ring, good for `jwks.max_stale` from now. A set that is the same is published only when that
    /// makes a difference: a file is looked at every second.
    private func confirm(_ index: Int, set: KeySet?, isChanged: Bool) {
        let until = now + maxStale.nanoseconds
        let step = min(maxStale / 10, .seconds(60)).nanoseconds
        guard isChanged || ring.issuers[index].usableUntil + step <= until else { return }
        ring.issuers[index] = IssuerKeys(set: set, usableUntil: until)
        effects.publish(ring)
    }

    private func failed(_ index: Int, _ failure: FetchFailure) {
        let issuer = issuers[index]
        issuer.fetches[failure.result, default: 0] += 1
        issuer.failure = failure
        handle(index) { schedule, now in
            schedule.fetchFailed(jitter: effects.jitter(), now: now)
        }
        let retry = issuer.schedule.untilRefresh(now: eventLoop.now)
        tell(
            issuer, problem: "\(failure)",
            metadata: .init([
                .issuer: issuer.source.issuer, .address: issuer.source.place, .reason: "\(failure)",
                .retryIn: "\(Double(retry.nanoseconds / 1_000_000) / 1_000)",
            ]))
    }

    private func logSuccess(_ issuer: IssuerRefresh, set: KeySet?) {
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
        if issuer.failure != nil { tell(issuer, problem: nil, metadata: .init([.issuer: issuer.source.issuer])) }
    }

    /// Each failure is told again, once a minute: an outage of keys shows only when they are too old.
    private func tell(_ issuer: IssuerRefresh, problem: String?, metadata: Logger.Metadata) {
        log.condition(
            Self.fetching, address: issuer.source.issuer, member: ObjectIdentifier(issuer), problem: problem,
            isReminder: problem != nil, metadata: metadata, at: eventLoop.now.uptimeNanoseconds)
    }
}

// What a schedule decided.
extension Refresher {
    private func handle(
        _ index: Int,
        _ event: (inout RefreshSchedule<IssuerRefresh.Reply>, NIODeadline) ->
            RefreshSchedule<IssuerRefresh.Reply>.Actions
    ) {
        let issuer = issuers[index]
        let before = issuer.schedule.waiting
        let actions = event(&issuer.schedule, eventLoop.now)
        waiting += issuer.schedule.waiting - before
        for answer in actions.answers { answer.asker(answer.reply) }
        if let fetch = actions.fetch {
            queue.add(index, isEarly: fetch == .early)
            beginFetches()
        }
        setTimer(index)
    }

    private func beginFetches() {
        while let index = queue.next() {
            let issuer = issuers[index]
            effects.fetch(FetchOrder(issuer: index, source: issuer.source, stamp: issuer.stamp))
        }
    }

    private func setTimer(_ index: Int) {
        let issuer = issuers[index]
        let moment = isStopped ? nil : issuer.schedule.wakeAt
        guard issuer.timer?.at != moment else { return }
        issuer.timer?.task.cancel()
        issuer.timer = moment.map { moment in
            let task = eventLoop.assumeIsolated().scheduleTask(deadline: moment) { self.fire(index) }
            return (task, moment)
        }
    }

    private func fire(_ index: Int) {
        issuers[index].timer = nil
        handle(index) { schedule, now in schedule.timePassed(now: now) }
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
