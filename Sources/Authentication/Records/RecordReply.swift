/// What the session store answered. The record was decoded by `Record(_:for:)`, once however many requests asked.
package enum RecordReply: Sendable {
    case found(Record)
    case missing
    /// The store has something under the key that is not such a record.
    case unreadable(RecordError)
    /// The store could not be asked, or did not answer in time.
    case unavailable(StoreFailure)

    /// Decodes a record's bytes.
    package init(record bytes: RawSpan, for query: RecordQuery) {
        do throws(RecordError) {
            self = .found(try Record(bytes, for: query))
        } catch {
            self = .unreadable(error)
        }
    }

    /// The same; of a user's record also when it ends, on the steady clock, in nanoseconds.
    package func ending(at end: Int64?) -> RecordReply {
        guard let end, case .found(.user(let user)) = self else { return self }
        return .found(.user(user.ending(at: end)))
    }
}

/// What the store answered, and which question it is the reply to.
package struct NumberedReply: Sendable {
    package let number: Int
    package let reply: RecordReply

    package init(number: Int, reply: RecordReply) {
        self.number = number
        self.reply = reply
    }
}

/// Why the store has no answer.
package enum StoreFailure: UInt8, CaseIterable, Error, Sendable {
    /// There is no connection to the store at this moment.
    case disconnected
    /// The store did not answer within `sessions.redis.command_timeout`.
    case timedOut
    /// The store answered with an error (LOADING, NOAUTH, WRONGTYPE, …), or not with its own
    /// protocol.
    case refused
    /// The store is reachable, and is not the one that is believed: a replica, say, which may be behind.
    case notPrimary
    /// More look-ups are waiting than are allowed.
    case overloaded
}
