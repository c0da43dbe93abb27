package import Logging
package import NIOCore
package import Resolution

/// A session store in memory: the same records under the same keys as in Redis, from a file or from the demo.
///
/// It never changes and can always be asked. One event loop's: what it decoded so far is its own.
package final class MemoryStore {
    private let records: MemoryRecords
    private let eventLoop: any EventLoop
    private let journal: StoreJournal
    /// What was asked for once: at most one for each record and kind.
    private var decoded: [RecordQuery: RecordReply] = [:]

    package init(_ records: MemoryRecords, on eventLoop: any EventLoop, logger: Logger) {
        self.records = records
        self.eventLoop = eventLoop
        self.journal = StoreJournal(logger: logger)
    }

    package var figures: StoreFigures { journal.figures }

    /// Asks for a record; `reply` is called before this returns.
    package func lookUp(_ query: RecordQuery, reply: (RecordReply) -> Void) {
        let answer = answer(to: query)
        journal.note(query.kind, answer, error: nil, times: 1, at: eventLoop.now)
        reply(answer)
    }

    private func answer(to query: RecordQuery) -> RecordReply {
        if let known = decoded[query] { return known }
        guard let answer = records.reply(to: query) else { return .missing }
        decoded[query] = answer
        return answer
    }
}
