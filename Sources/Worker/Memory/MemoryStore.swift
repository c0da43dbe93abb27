package import Authentication
import Bytes
import EventLoop
import NIOConcurrencyHelpers
import Redis
package import Telemetry

/// A session store in memory: the same records under the same keys as in Redis, from a file or from the demo.
///
/// It can always be asked. What was decoded so far is its own, so each event loop has one, and the lock is there for who reads
/// its figures.
package final class MemoryStore: Sendable {
    private struct State {
        var records: MemoryRecords
        /// What was asked for once: at most one for each record and kind.
        var decoded: [RecordQuery: RecordReply] = [:]
        /// Of the records, when the first of these was decoded.
        var removals = 0
        var journal: LookUpJournal
    }

    private let log: LimitedLog
    private let state: NIOLockedValueBox<State>

    package init(_ records: MemoryRecords, log: LimitedLog) {
        self.log = log
        self.state = NIOLockedValueBox(State(records: records, journal: LookUpJournal()))
    }

    /// Has other records from now on.
    package func adopt(_ records: MemoryRecords) {
        state.withLockedValue { state in (state.records, state.decoded) = (records, [:]) }
    }

    package var figures: StoreFigures { state.withLockedValue { $0.journal.figures } }

    /// Asks for a record.
    package func lookUp(_ query: RecordQuery) -> RecordReply {
        let (answer, trouble) = state.withLockedValue { state in
            let answer = self.answer(to: query, in: &state)
            return (answer, state.journal.note(query.kind, reply: answer))
        }
        trouble?.log(to: log, address: "memory", at: Moment.steadyNanoseconds())
        return answer
    }

    private func answer(to query: RecordQuery, in state: inout State) -> RecordReply {
        let removals = state.records.removals
        if removals != state.removals { (state.decoded, state.removals) = ([:], removals) }
        if let known = state.decoded[query] { return known }
        guard let answer = state.records.reply(to: query) else { return .missing }
        state.decoded[query] = answer
        return answer
    }
}
