package import Authentication
import Logging
package import Redis
package import Telemetry

/// Counts look-ups, and says what to log of those that come to trouble. No key and no byte of a record comes into it.
package struct LookUpJournal: Sendable {
    package var figures = StoreFigures()

    package init() {}

    /// A look-up that came to trouble.
    package struct Trouble {
        private let kind: RecordQuery.Kind
        private let result: StoreFigures.Result
        private let reply: RecordReply
        private let error: RedisErrorCode?

        /// Nil when it came to none, or to one that the connection's own lines tell of.
        fileprivate init?(
            _ kind: RecordQuery.Kind, _ result: StoreFigures.Result, _ reply: RecordReply, _ error: RedisErrorCode?
        ) {
            switch result {
            case .found, .missing, .disconnected, .notPrimary: return nil
            case .unreadable, .mismatched, .timedOut, .refused, .overloaded: break
            }
            (self.kind, self.result, self.reply, self.error) = (kind, result, reply, error)
        }

        /// Logs it, one line a minute for each result of each kind of record. Not within a lock: writing takes time.
        package func log(to log: LimitedLog, address: String, at now: Int64) {
            let detail = Int(kind.rawValue) << 8 | Int(result.rawValue)
            log.event(
                .warning, "a record could not be had from the session store", address: address, detail: detail,
                at: UInt64(clamping: now)
            ) {
                Logger.Metadata([.record: "\(kind.name)", .reason: words, .address: address])
            }
        }

        private var words: String {
            switch reply {
            case .found, .missing: ""
            case .unreadable(let error): error.words
            case .unavailable(.refused):
                error.map { "redis refused: \($0.words)" } ?? "redis sent a reply of another type"
            case .unavailable(let failure): failure.words
            }
        }
    }

    /// Counts a look-up.
    ///
    /// - Parameter duration: from the command to its reply, in nanoseconds; nil when there was none.
    /// - Returns: what is to be logged, when anything is.
    package mutating func note(
        _ kind: RecordQuery.Kind, reply: RecordReply, error: RedisErrorCode? = nil, took duration: Int64? = nil
    ) -> Trouble? {
        if let duration { figures.record(nanoseconds: duration) }
        let result = StoreFigures.Result(reply)
        figures.count(kind, result: result)
        return Trouble(kind, result, reply, error)
    }
}

extension RecordError {
    /// What is wrong with a record, for a person: no byte of it.
    package var words: String {
        switch self {
        case .tooLarge: "the record is larger than limits.record_bytes"
        case .notJSON: "the record is not one JSON object"
        case .memberMissing: "the record lacks a member that is needed"
        case .wrongType: "a member of the record has another type than it should"
        case .badTime: "a time in the record is not as RFC 3339 writes it"
        case .kindUnknown: "its session_kind is neither idp_session nor offline_grant"
        case .mismatched:
            "it has another id than was asked for: are replies mixed up on the way, or was it copied to another key?"
        }
    }
}

extension StoreFailure {
    /// Why there is no answer, for a person.
    package var words: String {
        switch self {
        case .disconnected: "there is no connection"
        case .timedOut: "no reply within command_timeout"
        case .refused: "redis refused"
        case .notPrimary: "the server is not the one to be believed"
        case .overloaded: "too many look-ups are waiting"
        }
    }
}
