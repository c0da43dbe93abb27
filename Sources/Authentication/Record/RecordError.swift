/// Why bytes are not the record that they should be. Never says the bytes.
package enum RecordError: UInt8, CaseIterable, Error, Sendable {
    /// It has more bytes than a record is allowed to have.
    case tooLarge
    /// Not one JSON object.
    case notJSON
    /// A member that is needed is absent.
    case memberMissing
    /// A member has another type than it should.
    case wrongType
    /// A time is not as RFC 3339 writes it.
    case badTime
    /// An access grant's session is of a kind that is not known.
    case kindUnknown
    /// It is a good record, and not the one that was asked for: its id is another. A store whose replies are out of step
    /// gives one user's record to another.
    case mismatched
}
