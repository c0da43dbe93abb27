package import Logging
package import NIOCore
package import Resolution

/// The session store in Redis, as one event loop sees it.
///
/// Takes look-ups; gives each one reply, on the loop. Keeps one connection, on which look-ups are pipelined, and makes
/// a new one when it is lost; while there is none, look-ups fail at once. Not `Sendable`: it is created, used and
/// dropped on its event loop.
/// Imports NIO, NIOSSL and hiredis's reader; knows of records only that `Record` decodes them.
package final class RedisStore {
    private let configuration: RedisConfiguration
    private let eventLoop: any EventLoop
    private let journal: StoreJournal
    private var schedule = ReconnectSchedule()
    /// The connection, or the attempt at one.
    private var connection: RedisConnection?
    private var nextAttempt: Scheduled<Void>?
    private var isStopped = false
    /// Kept by `start` until the first attempt has ended.
    private var firstAttempt: EventLoopPromise<Void>?

    /// Whether look-ups can be answered at this moment, and why not.
    package private(set) var status = StoreStatus.unreachable(reason: "redis was not asked yet")

    package init(_ configuration: RedisConfiguration, on eventLoop: any EventLoop, logger: Logger) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.journal = StoreJournal(logger: logger)
    }

    package var figures: StoreFigures { journal.figures }

    /// Connects, and stays connected until `stop`. The future succeeds when the first attempt has ended, well or badly:
    /// who waits for it starts with a connection when one can be had.
    package func start() -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        firstAttempt = promise
        connect()
        return promise.futureResult
    }

    /// Asks for a record.
    ///
    /// - Parameter reply: called once, on the event loop; within `command_timeout`, and before this returns when the
    ///   store can't be asked.
    package func lookUp(_ query: RecordQuery, reply: @escaping (RecordReply) -> Void) {
        guard let connection else { return journal.failed(query, .disconnected, at: eventLoop.now, reply) }
        connection.lookUp(query, reply: reply)
    }

    /// Closes the connection. What waits fails, and so does what is asked later.
    package func stop() {
        isStopped = true
        nextAttempt?.cancel()
        connection?.close(because: .stopped)
    }

    private func connect() {
        guard !isStopped else { return }
        let now = eventLoop.now
        schedule.attemptBegan(at: now)
        let connection = RedisConnection(
            configuration, on: eventLoop, journal: journal,
            events: RedisConnection.Events(ready: { _ in self.ready() }, closed: { failure in self.lost(failure) }))
        self.connection = connection
        Connector(configuration: configuration, eventLoop: eventLoop).open(connection)
    }

    private func ready() {
        schedule.becameReady(at: eventLoop.now)
        status = .reachable
        journal.up(at: "\(configuration.address)")
        firstAttemptEnded()
    }

    private func lost(_ failure: ConnectionFailure) {
        connection = nil
        let reason = failure.reason(at: configuration.address)
        status = .unreachable(reason: reason)
        if !isStopped {
            journal.down(reason, address: "\(configuration.address)")
            let moment = schedule.failed(at: eventLoop.now, jitter: Double.random(in: 0..<1))
            nextAttempt = eventLoop.assumeIsolated().scheduleTask(deadline: moment) { self.connect() }
        }
        firstAttemptEnded()
    }

    private func firstAttemptEnded() {
        firstAttempt?.succeed()
        firstAttempt = nil
    }
}
