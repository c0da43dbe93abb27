import Resolution

extension RedisReply {
    /// What the reply to a `GET` says of the record that was asked for.
    func record(as kind: RecordQuery.Kind) -> RecordReply {
        switch head {
        case .bulk(let range): withBytes(range) { bytes in RecordReply(record: bytes, as: kind) }
        case .null: .missing
        case .oversized: .unreadable(.tooLarge)
        case .status, .error, .integer, .array: .unavailable(.refused)
        }
    }
}

extension RecordReply {
    /// Decodes a record's bytes.
    init(record bytes: RawSpan, as kind: RecordQuery.Kind) {
        do throws(RecordError) {
            self = .found(try Record(bytes, as: kind))
        } catch {
            self = .unreadable(error)
        }
    }
}
