package import Authentication
package import NIOCore
package import Telemetry

/// The session store in Redis, as one event loop sees it.
///
/// Takes look-ups; gives each one reply, on its event loop. Keeps one connection, on which look-ups are pipelined, and
/// makes a new one when it is lost; meanwhile look-ups wait for it (`WaitingLookUps`). A connection without TLS moves to the loop
/// that asks, which from then on looks records up without this. Not `Sendable`: it is its event loop's own.
/// Imports Bytes, Authentication, Telemetry, NIO, NIOSSL, swift-log and hiredis's reader; knows of records only that `Record`
/// decodes them.
package final class RedisStore {
    /// How long who asks whether the process is ready waits at most.
    private static let trialPatience = TimeAmount.seconds(1)
    /// How often it is asked whether the server is still there, and whether it is still to be believed.
    private static let heartbeatInterval = TimeAmount.milliseconds(250)

    private let configuration: RedisConfiguration
    private let eventLoop: any EventLoop
    private let journal: StoreJournal
    private let reconnector: Reconnector
    /// Who serves a connection that is ready; nil: the event loop itself.
    private let home: LineHome?
    /// The connection, or the attempt at one.
    private var connection: RedisConnection?
    /// Nil unless somebody wants to know of changes.
    private let tracker: ChangeTracker?
    /// What is being tried; trials so far.
    private var trial: RecordTrial?
    private var trials = 0
    private var nextBeat: Scheduled<Void>?
    private var nextNameCheck: Scheduled<Void>?
    /// The connection can be asked.
    private var isReady = false
    private var waiting: WaitingLookUps<LookUp>
    /// Fires when one has waited long enough.
    private var nextExpiry: Scheduled<Void>?
    /// Why what is asked at this moment has no answer.
    private var absence = StoreFailure.disconnected
    /// Kept by `start` until the first attempt has ended.
    private var firstAttempt: EventLoopPromise<Void>?

    /// Whether look-ups can be answered at this moment, and why not.
    package private(set) var status = StoreStatus.unreachable(reason: "redis was not asked yet")

    /// - Parameters:
    ///   - changes: called on the loop with what changes in the store; when nil, nothing is tracked.
    ///   - home: where a connection without TLS is served once it is ready. Look-ups are asked there, then, and not here.
    package init(
        _ configuration: RedisConfiguration, on eventLoop: any EventLoop, log: LimitedLog,
        changes: ((StoreChange) -> Void)? = nil, home: LineHome? = nil
    ) {
        self.home = home
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.journal = StoreJournal(address: "\(configuration.address)", log: log)
        self.reconnector = Reconnector(on: eventLoop)
        self.waiting = WaitingLookUps(patience: configuration.commandTimeout, limit: configuration.maximumPending)
        let journal = self.journal
        self.tracker = changes.map { changes in
            ChangeTracker(configuration, on: eventLoop, journal: journal, report: changes)
        }
    }

    package var figures: StoreFigures { journal.figures }

    /// How long after a session ended a request that comes may still be answered by what was read before, at this moment.
    ///
    /// A read may be on its way that the request joins, from a server that was demoted since its last heartbeat. While
    /// changes are told, and answers kept, a silent network can hide the news. A replica may be behind by what is allowed,
    /// and a second more, because it counts whole ones.
    package var revocationLag: Duration {
        let read = configuration.commandTimeout + Self.heartbeatInterval
        let ours = Duration(tracker?.isTracking == true ? max(read, TrackingState.lease) : read)
        guard case .any(let maximumLag) = configuration.role else { return ours }
        return Duration(maximumLag) + .seconds(1) + max(ours, Duration(TrackingState.lease))
    }

    /// Connects, and stays connected until `stop`. The future succeeds when the first attempt has ended, well or badly:
    /// who waits for it starts with a connection when one can be had.
    package func start() -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        firstAttempt = promise
        reconnector.start { self.connect() }
        tracker?.start()
        scheduleBeat()
        scheduleNameCheck()
        return promise.futureResult
    }

    /// A question, and who asks it.
    private struct LookUp {
        let query: RecordQuery
        let asked: NIODeadline
        let reply: (LookUpOutcome) -> Void
        /// A connection was lost that owed the reply.
        var isRepeated = false
    }

    /// Asks for a record.
    ///
    /// - Parameter reply: called once, on the event loop; within `command_timeout`, and before this returns when the
    ///   store can't be asked.
    package func lookUp(_ query: RecordQuery, reply: @escaping (LookUpOutcome) -> Void) {
        ask(LookUp(query: query, asked: eventLoop.now, reply: reply))
    }

    private func ask(_ lookUp: LookUp) {
        guard isReady, let connection else { return wait(lookUp) }
        guard !connection.isAway else { return lookUp.reply(.elsewhere(asked: lookUp.asked)) }
        connection.lookUp(lookUp.query, asked: lookUp.asked) { reply in self.answered(lookUp, reply) }
    }

    /// A record is only read, so what a lost connection owes can be asked of the next one. Once: it may be what breaks them.
    private func answered(_ lookUp: LookUp, _ reply: RecordReply) {
        guard case .unavailable(.disconnected) = reply, !lookUp.isRepeated, !reconnector.isStopped else {
            return lookUp.reply(.reply(reply))
        }
        var again = lookUp
        again.isRepeated = true
        // That the connection is lost is heard after this.
        if isReady { lose() }
        wait(again)
    }

    private func wait(_ lookUp: LookUp) {
        guard !reconnector.isStopped else { return fail([lookUp], .disconnected) }
        switch waiting.admit(lookUp, asked: lookUp.asked, at: eventLoop.now) {
        case .waits: armExpiry()
        case .futile: fail([lookUp], absence)
        case .overloaded: fail([lookUp], .overloaded)
        }
    }

    private func fail(_ lookUps: [LookUp], _ failure: StoreFailure) {
        for lookUp in lookUps {
            journal.failed(lookUp.query.kind, failure, at: eventLoop.now)
            lookUp.reply(.reply(.unavailable(failure)))
        }
    }

    private func armExpiry() {
        guard nextExpiry == nil, let deadline = waiting.nextDeadline else { return }
        nextExpiry = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.nextExpiry = nil
            self.fail(self.waiting.expired(at: self.eventLoop.now), self.absence)
            self.armExpiry()
        }
    }

    /// Asks for records on the connection to see whether they can be had: at most one trial at a time, which all join who
    /// want to know meanwhile. The future always succeeds, within `command_timeout` and a second.
    package func trial(_ queries: [RecordQuery]) -> EventLoopFuture<StoreStatus> {
        guard let connection, status == .reachable else { return eventLoop.makeSucceededFuture(status) }
        if let trial { return trial.result }
        trials += 1
        let trial = RecordTrial(
            number: trials, queries: queries.count, at: configuration.address,
            patience: min(configuration.commandTimeout, Self.trialPatience), on: eventLoop)
        self.trial = trial
        trial.result.assumeIsolated().whenComplete { _ in self.trial = nil }
        connection.ask(queries, trial: trials)
        return trial.result
    }

    /// Closes the connection. What waits fails, and so does what is asked later.
    package func stop() {
        reconnector.stop()
        nextBeat?.cancel()
        nextNameCheck?.cancel()
        nextExpiry?.cancel()
        fail(waiting.ended(), .disconnected)
        tracker?.stop()
        connection?.close(because: .stopped)
    }

    /// Also while nothing is tracked: else a silent connection would never be missed, nor a server that is demoted.
    private func scheduleBeat() {
        nextBeat = eventLoop.assumeIsolated().scheduleTask(in: Self.heartbeatInterval) {
            self.connection?.beat()
            self.tracker?.beat()
            if !self.reconnector.isStopped { self.scheduleBeat() }
        }
    }

    /// A name or a path may lead elsewhere by now, while the server that it led to lives on.
    private func scheduleNameCheck() {
        nextNameCheck = eventLoop.assumeIsolated().scheduleTask(in: configuration.names.interval) {
            self.checkName()
            if !self.reconnector.isStopped { self.scheduleNameCheck() }
        }
    }

    private func checkName() {
        guard isReady, let connection, let peer = connection.peer else { return }
        configuration.names.hasLeft(peer, of: configuration.address.endpoint, on: eventLoop).assumeIsolated()
            .whenSuccess { hasLeft in
                if hasLeft, self.connection === connection { connection.close(because: .left) }
            }
    }

    private func connect() {
        waiting.attemptBegan()
        let connection = RedisConnection(
            configuration, on: eventLoop, journal: journal,
            events: RedisConnection.Events(
                ready: { connection in self.ready(connection) }, closed: { failure in self.lost(failure) },
                answered: { answer in self.answered(answer) }),
            home: home)
        self.connection = connection
        Connector(configuration: configuration, eventLoop: eventLoop).open(connection, failed: connection.close)
    }

    private func ready(_ connection: RedisConnection) {
        reconnector.ready()
        status = .reachable
        isReady = true
        journal.up(at: eventLoop.now)
        tracker?.dataReady(connection)
        for lookUp in waiting.ended() { ask(lookUp) }
        firstAttemptEnded()
    }

    private func answered(_ answer: RedisLine.Answer) {
        if case .trial(let outcome) = answer { trial?.note(outcome) } else { tracker?.dataAnswered(answer) }
    }

    private func lost(_ failure: ConnectionFailure) {
        connection = nil
        absence = failure.storeFailure == .notPrimary ? .notPrimary : .disconnected
        let reason = failure.reason(at: configuration.address)
        status = .unreachable(reason: reason)
        journal.down(reconnector.isStopped ? nil : reason, at: eventLoop.now)
        trial?.end(reason)
        tracker?.dataLost()
        if isReady { lose() } else { fail(waiting.attemptFailed(at: eventLoop.now), absence) }
        reconnector.lost()
        firstAttemptEnded()
    }

    private func lose() {
        isReady = false
        waiting.connectionLost(at: eventLoop.now)
    }

    private func firstAttemptEnded() {
        firstAttempt?.succeed()
        firstAttempt = nil
    }
}
