/// What the session store answered. The record was decoded by `Record(_:for:)`, once however many requests asked.
package enum RecordReply: Sendable {
    case found(Record)
    case missing
    /// The store has something under the key that is not such a record.
    case unreadable(RecordError)
    /// The store could not be asked, or did not answer in time.
    case unavailable(StoreFailure)
}
