import Authentication
import Logging
import NIOConcurrencyHelpers
package import NIOCore
package import Telemetry

/// Keeps the books of one store: of look-ups, and of the connection's ups and downs.
///
/// It outlives connections. Look-ups may be noted on another thread than the store's event loop, and the lock is there for
/// who reads the figures. No key and no byte of a record comes into it. Several stores at one address share a log.
package final class StoreJournal: Sendable {
    private static let reachable = Condition(
        good: "the session store is reachable", bad: "the session store is out of reach", badLevel: .error)

    private let lookUps = NIOLockedValueBox(LookUpJournal())
    private let mismatches = NIOLockedValueBox(MismatchQuota())
    private let log: LimitedLog
    /// Where the store is, without user and password.
    private let address: String

    package init(address: String, log: LimitedLog) {
        self.address = address
        self.log = log
    }

    package var figures: StoreFigures { lookUps.withLockedValue { $0.figures } }

    // MARK: Look-ups

    /// A look-up has its reply, which took so long.
    func answered(
        _ kind: RecordQuery.Kind, _ reply: RecordReply, error: RedisErrorCode?, after span: TimeAmount,
        at now: NIODeadline
    ) {
        let trouble = lookUps.withLockedValue { lookUps in
            lookUps.figures.record(nanoseconds: span.nanoseconds)
            return lookUps.note(kind, reply, error: error)
        }
        trouble?.log(to: log, address: address, at: now)
    }

    /// A look-up has no reply and won't get one.
    func failed(_ kind: RecordQuery.Kind, _ failure: StoreFailure, at now: NIODeadline) {
        let trouble = lookUps.withLockedValue { $0.note(kind, .unavailable(failure), error: nil) }
        trouble?.log(to: log, address: address, at: now)
    }

    /// A look-up was turned away.
    func failed(_ query: RecordQuery, _ failure: StoreFailure, at now: NIODeadline, _ reply: (RecordReply) -> Void) {
        failed(query.kind, failure, at: now)
        reply(.unavailable(failure))
    }

    // MARK: The connection

    /// Whether a record with another id than its key is a reason to close the connection: once a minute for one key, and for a
    /// bounded number of keys.
    package func suspectsConnection(over key: [UInt8], at now: NIODeadline) -> Bool {
        mismatches.withLockedValue { $0.admit(key, at: now) }
    }

    func up(at now: NIODeadline) {
        lookUps.withLockedValue { $0.figures.connections = 1 }
        tell(Self.reachable, problem: nil, at: now)
    }

    /// Nothing is said without a reason.
    func down(_ reason: String?, at now: NIODeadline) {
        lookUps.withLockedValue { $0.figures.connections = 0 }
        if let reason { tell(Self.reachable, problem: reason, at: now) }
    }

    /// Logs whether a condition holds for this store; one line for all stores at the address.
    func tell(_ condition: Condition, problem: String?, at now: NIODeadline) {
        var metadata = Logger.Metadata([.store: "redis", .address: address])
        if let problem { metadata.merge(Logger.Metadata([.reason: problem])) { _, new in new } }
        log.condition(
            condition, address: address, member: ObjectIdentifier(self), problem: problem, metadata: metadata,
            at: now.uptimeNanoseconds)
    }
}
