import Authentication
import Logging
import Redis
package import Telemetry

/// Keeps the books of one worker's store: counts look-ups, and logs what comes to trouble and the connection's ups and downs.
///
/// It outlives connections. No key and no byte of a record comes into it. The stores of several workers at one address share a
/// log. An object, by which the log tells the stores apart; belongs to one worker.
package final class StoreJournal {
    private static let reachable = Condition(
        good: "the session store is reachable", bad: "the session store is out of reach", badLevel: .error)

    private var lookUps = LookUpJournal()
    private let log: LimitedLog
    /// Where the store is, without user and password.
    private(set) var address: String
    /// Set when a connection was ready for the first time.
    private var hasBeenUp = false

    package init(address: String, log: LimitedLog) {
        self.address = address
        self.log = log
    }

    package var figures: StoreFigures { lookUps.figures }

    /// The store is elsewhere from now on. What the log said of the former place ends.
    func move(to address: String) {
        guard address != self.address else { return }
        for condition in [Self.reachable, ChangeFeed.telling, RedisClient.renewal] { forget(condition) }
        self.address = address
    }

    /// Nothing is said of a condition any more.
    func forget(_ condition: Condition) {
        log.forget(condition, address: address, member: ObjectIdentifier(self))
    }

    /// A look-up has its reply, or will have none.
    package func ended(_ lookUp: EndedLookUp, at now: Int64) {
        lookUps.note(lookUp.query.kind, reply: lookUp.reply, error: lookUp.error, took: lookUp.duration)?
            .log(to: log, address: address, at: now)
    }

    /// A look-up was turned away.
    func failed(_ query: RecordQuery, because failure: StoreFailure, at now: Int64) {
        lookUps.note(query.kind, reply: .unavailable(failure))?.log(to: log, address: address, at: now)
    }

    /// Nothing that was read is answered from memory for this reason.
    func count(_ loss: FeedLoss) { lookUps.figures.feed.count(loss) }

    /// The store has told of so many changes.
    func countInvalidations(_ count: Int) { lookUps.figures.feed.invalidations += count }

    func up(at now: Int64) {
        if hasBeenUp { lookUps.figures.reconnects += 1 }
        hasBeenUp = true
        (lookUps.figures.connections, lookUps.figures.connectedAt) = (1, now)
        tell(Self.reachable, problem: nil, at: now)
    }

    /// Nothing is logged without a reason.
    func down(because reason: String?, at now: Int64) {
        (lookUps.figures.connections, lookUps.figures.connectedAt) = (0, nil)
        if let reason { tell(Self.reachable, problem: reason, at: now) }
    }

    /// Logs whether a condition holds for this store; one line for all stores at the address.
    func tell(_ condition: Condition, problem: String?, at now: Int64) {
        var metadata = Logger.Metadata([.store: "redis", .address: address])
        if let problem { metadata.merge(Logger.Metadata([.reason: problem])) { _, new in new } }
        log.condition(
            condition, address: address, member: ObjectIdentifier(self), problem: problem, metadata: metadata,
            at: UInt64(clamping: now))
    }
}
