import Resolution

extension RedisReply {
    /// What the reply to a `GET` says of the record that was asked for.
    func record(for query: RecordQuery) -> RecordReply {
        switch head {
        case .bulk(let range): withBytes(range) { bytes in RecordReply(record: bytes, for: query) }
        case .null: .missing
        case .oversized: .unreadable(.tooLarge)
        case .status, .error, .integer, .array: .unavailable(.refused)
        }
    }
}

extension RecordReply {
    /// Decodes a record's bytes.
    init(record bytes: RawSpan, for query: RecordQuery) {
        do throws(RecordError) {
            self = .found(try Record(bytes, for: query))
        } catch {
            self = .unreadable(error)
        }
    }
}
