package import Logging
import NIOCore
import Resolution
import Telemetry

/// Hands out replies, and keeps the books: of look-ups, and of the connection's ups and downs.
///
/// One event loop's; it outlives connections. No key and no byte of a record comes into it.
package final class StoreJournal {
    typealias Reply = (RecordReply) -> Void

    private var lookUps: LookUpJournal
    private let logger: Logger
    /// Why the store was last said to be down; nil while it is up, and before anything was said.
    private var saidDown: String?

    package init(logger: Logger) {
        self.lookUps = LookUpJournal(logger: logger)
        self.logger = logger
    }

    package var figures: StoreFigures { lookUps.figures }

    // MARK: Look-ups

    /// A command's reply is there: tells everyone who waits for it.
    func answered(
        _ command: PendingCommand<Reply>, _ reply: RecordReply, error: RedisErrorCode? = nil, at now: NIODeadline
    ) {
        lookUps.figures.record(nanoseconds: (now - command.sent).nanoseconds)
        tell(command, reply, error: error, at: now)
    }

    /// A command has no reply and won't get one.
    func failed(_ command: PendingCommand<Reply>, _ failure: StoreFailure, at now: NIODeadline) {
        tell(command, .unavailable(failure), error: nil, at: now)
    }

    /// A look-up was turned away before it became a command.
    func failed(_ query: RecordQuery, _ failure: StoreFailure, at now: NIODeadline, _ reply: Reply) {
        lookUps.note(query.kind, .unavailable(failure), error: nil, at: now)
        reply(.unavailable(failure))
    }

    private func tell(
        _ command: PendingCommand<Reply>, _ reply: RecordReply, error: RedisErrorCode?, at now: NIODeadline
    ) {
        guard let query = command.query else { return }
        lookUps.note(query.kind, reply, error: error, at: now)
        command.waiter?(reply)
    }

    // MARK: The connection

    func up(at address: String) {
        lookUps.figures.connections = 1
        saidDown = nil
        logger.info("the session store is reachable", metadata: Logger.Metadata([.store: "redis", .address: address]))
    }

    /// Says so once, and again when the reason has changed. Nothing is said without a reason.
    func down(_ reason: String?, address: String) {
        lookUps.figures.connections = 0
        guard let reason, saidDown != reason else { return }
        saidDown = reason
        logger.error(
            "the session store is out of reach",
            metadata: Logger.Metadata([.store: "redis", .address: address, .reason: reason]))
    }
}
