import Bytes

/// A record of the session store, decoded.
package enum Record: Sendable {
    case session(SessionRecord)
    case user(UserRecord)

    /// Decodes a record (contract section 6). Members that nothing here needs are checked as JSON and passed over.
    package init(_ bytes: RawSpan, as kind: RecordQuery.Kind) throws(RecordError) {
        switch kind {
        case .session: self = .session(try SessionRecord(bytes))
        case .user: self = .user(try UserRecord(bytes))
        }
    }
}
