import Authentication

extension RedisReply {
    /// How far apart a question and its answer may be for the record's end to be counted from the question.
    private static var promptly: Int64 { 50_000_000 }

    /// When the record ends, on the steady clock, in nanoseconds, by the reply to a `PTTL`; nil when it has no end, or that
    /// is not known.
    ///
    /// The server counted from some moment between the question and now. The earlier one is taken, because a change before
    /// the end is a purge and an end that is told before its time would be one; unless the reply took so long that a purge
    /// would be taken for the end.
    func recordEnd(askedAt sent: Int64, now: Int64) -> Int64? {
        guard case .integer(let milliseconds) = head, (0...86_400_000_000).contains(milliseconds) else { return nil }
        let start = now - sent <= Self.promptly ? sent : now
        return start + milliseconds * 1_000_000
    }

    /// What the reply to a `GET` says of the record that was asked for.
    ///
    /// - Parameter end: when the record ends, as far as that is known.
    func record(for query: RecordQuery, endingAt end: Int64? = nil) -> RecordReply {
        switch head {
        case .bulk(let range): withBytes(at: range) { bytes in RecordReply(record: bytes, for: query).ending(at: end) }
        case .null: .missing
        case .oversized: .unreadable(.tooLarge)
        case .status, .error, .integer, .array: .unavailable(.refused)
        }
    }
}
