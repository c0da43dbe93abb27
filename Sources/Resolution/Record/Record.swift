import Bytes

/// A record of the session store, decoded.
package enum Record: Sendable {
    case session(SessionRecord)
    case user(UserRecord)

    /// Decodes the record that was asked for (contract section 6). Members that nothing here needs are checked as JSON and
    /// passed over.
    package init(_ bytes: RawSpan, for query: RecordQuery) throws(RecordError) {
        let id = query.key.span.bytes.extracting(query.id)
        switch query.kind {
        case .session: self = .session(try SessionRecord(bytes, id: id))
        case .user: self = .user(try UserRecord(bytes, id: id))
        }
    }
}
