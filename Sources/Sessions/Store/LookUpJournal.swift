import Logging
import NIOCore
import Resolution
import Telemetry

/// Counts look-ups, and says what to log of those that come to trouble. No key and no byte of a record comes into it.
struct LookUpJournal: Sendable {
    var figures = StoreFigures()
    /// One for each kind of trouble with each kind of record: a broken store must not flood the log.
    private var quotas: [Trouble: LogQuota] = [:]

    private struct Trouble: Hashable {
        var kind: RecordQuery.Kind
        var result: StoreFigures.Result
    }

    /// Counts look-ups.
    ///
    /// - Returns: what is to be logged, when anything is.
    mutating func note(
        _ kind: RecordQuery.Kind, _ reply: RecordReply, error: RedisErrorCode?, at now: NIODeadline
    ) -> Logger.Metadata? {
        let result = StoreFigures.Result(reply)
        figures.count(kind, result)
        switch result {
        case .found, .missing, .disconnected: return nil
        case .unreadable, .timedOut, .refused, .overloaded: break
        }
        guard let count = quotas[Trouble(kind: kind, result: result), default: LogQuota()].admit(at: now) else {
            return nil
        }
        return Logger.Metadata([.record: "\(kind)", .reason: Self.words(reply, error), .count: String(count)])
    }

    /// Logs what `note` gave. Not within a lock: writing a line takes time.
    static func log(_ trouble: Logger.Metadata?, to logger: Logger) {
        guard let trouble else { return }
        logger.warning("a record could not be had from the session store", metadata: trouble)
    }

    private static func words(_ reply: RecordReply, _ error: RedisErrorCode?) -> String {
        switch reply {
        case .found, .missing: ""
        case .unreadable(.tooLarge): "the record is larger than \(ReplyReader.Limits().bytes >> 20) MiB"
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
}
