package import Logging
package import NIOCore
package import Resolution

/// The session store in Redis, as one event loop sees it.
///
/// Takes look-ups; gives each one reply, on its event loop. Keeps one connection, on which look-ups are pipelined, and
/// makes a new one when it is lost; while there is none, look-ups fail at once. A connection without TLS moves to the loop
/// that asks, which from then on looks records up without this. Not `Sendable`: it is its event loop's own.
/// Imports Bytes, Resolution, Telemetry, NIO, NIOSSL, swift-log and hiredis's reader; knows of records only that `Record`
/// decodes them.
package final class RedisStore {
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
    /// Kept by `start` until the first attempt has ended.
    private var firstAttempt: EventLoopPromise<Void>?

    /// Whether look-ups can be answered at this moment, and why not.
    package private(set) var status = StoreStatus.unreachable(reason: "redis was not asked yet")

    /// - Parameters:
    ///   - changes: called on the loop with what changes in the store; when nil, nothing is tracked.
    ///   - home: where a connection without TLS is served once it is ready. Look-ups are asked there, then, and not here.
    package init(
        _ configuration: RedisConfiguration, on eventLoop: any EventLoop, logger: Logger,
        changes: ((StoreChange) -> Void)? = nil, home: LineHome? = nil
    ) {
        self.home = home
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.journal = StoreJournal(logger: logger)
        self.reconnector = Reconnector(on: eventLoop)
        self.tracker = changes.map { changes in
            ChangeTracker(configuration, on: eventLoop, logger: logger, report: changes)
        }
    }

    package var figures: StoreFigures { journal.figures }

    /// How long after a session ended a request that comes may still be answered by what was read before, at this moment.
    ///
    /// While changes are told, and answers kept: as long as a silent network can hide the news. Else as long as a read can
    /// be on its way that the request joins.
    package var revocationLag: Duration {
        Duration(tracker?.isTracking == true ? TrackingState.lease : configuration.commandTimeout)
    }

    /// Connects, and stays connected until `stop`. The future succeeds when the first attempt has ended, well or badly:
    /// who waits for it starts with a connection when one can be had.
    package func start() -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        firstAttempt = promise
        reconnector.start { self.connect() }
        tracker?.start()
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
        reconnector.stop()
        tracker?.stop()
        connection?.close(because: .stopped)
    }

    private func connect() {
        let connection = RedisConnection(
            configuration, on: eventLoop, journal: journal,
            events: RedisConnection.Events(
                ready: { connection in self.ready(connection) }, closed: { failure in self.lost(failure) },
                answered: { answer in self.tracker?.dataAnswered(answer) }),
            home: home)
        self.connection = connection
        Connector(configuration: configuration, eventLoop: eventLoop).open(connection, failed: connection.close)
    }

    private func ready(_ connection: RedisConnection) {
        reconnector.ready()
        status = .reachable
        journal.up(at: "\(configuration.address)")
        tracker?.dataReady(connection)
        firstAttemptEnded()
    }

    private func lost(_ failure: ConnectionFailure) {
        connection = nil
        let reason = failure.reason(at: configuration.address)
        status = .unreachable(reason: reason)
        journal.down(reconnector.isStopped ? nil : reason, address: "\(configuration.address)")
        tracker?.dataLost()
        reconnector.lost()
        firstAttemptEnded()
    }

    private func firstAttemptEnded() {
        firstAttempt?.succeed()
        firstAttempt = nil
    }
}
