package import Logging
import NIOConcurrencyHelpers
import NIOCore
import Resolution
import Telemetry

/// Keeps the books of one store: of look-ups, and of the connection's ups and downs.
///
/// It outlives connections. Look-ups may be noted on another thread than the store's event loop, and the lock is there for
/// who reads the figures. No key and no byte of a record comes into it.
package final class StoreJournal: Sendable {
    private struct Books {
        var lookUps: LookUpJournal
        /// Why the store was last said to be down; nil while it is up, and before anything was said.
        var saidDown: String?
    }

    private let books: NIOLockedValueBox<Books>
    private let logger: Logger

    package init(logger: Logger) {
        self.books = NIOLockedValueBox(Books(lookUps: LookUpJournal()))
        self.logger = logger
    }

    package var figures: StoreFigures { books.withLockedValue { $0.lookUps.figures } }

    // MARK: Look-ups

    /// A look-up has its reply, which took so long.
    func answered(
        _ kind: RecordQuery.Kind, _ reply: RecordReply, error: RedisErrorCode?, after span: TimeAmount,
        at now: NIODeadline
    ) {
        let trouble = books.withLockedValue { books in
            books.lookUps.figures.record(nanoseconds: span.nanoseconds)
            return books.lookUps.note(kind, reply, error: error, at: now)
        }
        LookUpJournal.log(trouble, to: logger)
    }

    /// A look-up has no reply and won't get one.
    func failed(_ kind: RecordQuery.Kind, _ failure: StoreFailure, at now: NIODeadline) {
        let trouble = books.withLockedValue { $0.lookUps.note(kind, .unavailable(failure), error: nil, at: now) }
        LookUpJournal.log(trouble, to: logger)
    }

    /// A look-up was turned away.
    func failed(_ query: RecordQuery, _ failure: StoreFailure, at now: NIODeadline, _ reply: (RecordReply) -> Void) {
        failed(query.kind, failure, at: now)
        reply(.unavailable(failure))
    }

    // MARK: The connection

    func up(at address: String) {
        books.withLockedValue { books in
            books.lookUps.figures.connections = 1
            books.saidDown = nil
        }
        logger.info("the session store is reachable", metadata: Logger.Metadata([.store: "redis", .address: address]))
    }

    /// Says so once, and again when the reason has changed. Nothing is said without a reason.
    func down(_ reason: String?, address: String) {
        let isNews = books.withLockedValue { books in
            books.lookUps.figures.connections = 0
            guard let reason, books.saidDown != reason else { return false }
            books.saidDown = reason
            return true
        }
        guard let reason, isNews else { return }
        logger.error(
            "the session store is out of reach",
            metadata: Logger.Metadata([.store: "redis", .address: address, .reason: reason]))
    }
}
