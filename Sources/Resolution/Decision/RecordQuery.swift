/// One question to the session store: the record under this key, please.
package struct RecordQuery: Hashable, Sendable {
    /// What the record must be (contract section 6).
    package enum Kind: UInt8, CaseIterable, Sendable {
        case session
        case user
    }

    package var kind: Kind
    /// The whole Redis key, such as `app:my-project:session:a8c1`: no control bytes, at most 512 bytes.
    package var key: [UInt8]

    package init(kind: Kind, key: [UInt8]) {
        self.kind = kind
        self.key = key
    }
}

/// What the session store answered. The record was decoded by `Record(_:as:)`, once however many requests asked.
package enum RecordReply: Sendable {
    case found(Record)
    case missing
    /// The store has something under the key that is not such a record.
    case unreadable(RecordError)
    /// The store could not be asked, or did not answer in time.
    case unavailable(StoreFailure)
}

/// Why the store has no answer.
package enum StoreFailure: UInt8, CaseIterable, Error, Sendable {
    /// There is no connection to the store at this moment.
    case disconnected
    /// The store did not answer within `sessions.redis.command_timeout`.
    case timedOut
    /// The store answered with an error (LOADING, NOAUTH, OOM, WRONGTYPE, …) or not with the protocol that it should speak.
    case refused
    /// More look-ups are waiting than are allowed.
    case overloaded
}
