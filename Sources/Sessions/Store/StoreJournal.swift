package import Logging
import NIOCore
import Resolution
import Telemetry

/// Hands out replies, and keeps the books: counts and durations of look-ups, and what is worth a log line.
///
/// One event loop's; it outlives connections. No key and no byte of a record comes into it.
package final class StoreJournal {
    typealias Reply = (RecordReply) -> Void

    package var figures = StoreFigures()
    private let logger: Logger
    /// One for each kind of trouble with each kind of record: a broken store must not flood the log.
    private var quotas: [Trouble: LogQuota] = [:]
    /// Why the store was last said to be down; nil while it is up, and before anything was said.
    private var saidDown: String?

    private struct Trouble: Hashable {
        var kind: RecordQuery.Kind
        var result: StoreFigures.Result
    }

    package init(logger: Logger) {
        self.logger = logger
    }

    // MARK: Look-ups

    /// A command's reply is there: tells everyone who waits for it.
    func answered(
        _ command: PendingCommand<Reply>, _ reply: RecordReply, error: RedisErrorCode? = nil, at now: NIODeadline
    ) {
        figures.record(nanoseconds: (now - command.sent).nanoseconds)
        tell(command, reply, error: error, at: now)
    }

    /// A command has no reply and won't get one.
    func failed(_ command: PendingCommand<Reply>, _ failure: StoreFailure, at now: NIODeadline) {
        tell(command, .unavailable(failure), error: nil, at: now)
    }

    /// A look-up was turned away before it became a command.
    func failed(_ query: RecordQuery, _ failure: StoreFailure, at now: NIODeadline, _ reply: Reply) {
        note(query.kind, .unavailable(failure), error: nil, times: 1, at: now)
        reply(.unavailable(failure))
    }

    private func tell(
        _ command: PendingCommand<Reply>, _ reply: RecordReply, error: RedisErrorCode?, at now: NIODeadline
    ) {
        guard let query = command.query else { return }
        note(query.kind, reply, error: error, times: command.waiterCount, at: now)
        command.forEachWaiter { waiter in waiter(reply) }
    }

    /// Counts look-ups, and logs trouble.
    func note(_ kind: RecordQuery.Kind, _ reply: RecordReply, error: RedisErrorCode?, times: Int, at now: NIODeadline) {
        let result = StoreFigures.Result(reply)
        figures.count(kind, result, times: times)
        switch result {
        case .found, .missing, .disconnected: return
        case .unreadable, .timedOut, .refused, .overloaded: break
        }
        guard let count = quotas[Trouble(kind: kind, result: result), default: LogQuota()].admit(at: now) else {
            return
        }
        logger.warning(
            "a record could not be had from the session store",
            metadata: Logger.Metadata([
                .record: "\(kind)", .reason: Self.words(reply, error), .count: String(count),
            ]))
    }

    private static func words(_ reply: RecordReply, _ error: RedisErrorCode?) -> String {
        switch reply {
        case .found, .missing: ""
        case .unreadable(.notJSON): "the record is not one JSON object"
        case .unreadable(.memberMissing): "the record lacks a member that is needed"
        case .unreadable(.wrongType): "a member of the record has another type than it should"
        case .unreadable(.badTime): "a time in the record is not as RFC 3339 writes it"
        case .unavailable(.disconnected): "there is no connection"
        case .unavailable(.timedOut): "no reply within command_timeout"
        case .unavailable(.overloaded): "too many look-ups are waiting"
        case .unavailable(.refused): error.map { "redis refused: \($0.words)" } ?? "redis sent a reply of another type"
        }
    }

    // MARK: The connection

    func up(at address: String) {
        figures.connections = 1
        saidDown = nil
        logger.info("the session store is reachable", metadata: Logger.Metadata([.store: "redis", .address: address]))
    }

    /// Says so once, and again when the reason has changed. Nothing is said without a reason.
    func down(_ reason: String?, address: String) {
        figures.connections = 0
        guard let reason, saidDown != reason else { return }
        saidDown = reason
        logger.error(
            "the session store is out of reach",
            metadata: Logger.Metadata([.store: "redis", .address: address, .reason: reason]))
    }
}
