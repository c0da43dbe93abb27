import Bytes

/// A record of the session store, decoded.
package enum Record: Sendable {
    case session(SessionRecord)
    case user(UserRecord)
    case accessGrant(AccessGrantRecord)
    case offlineGrant(OfflineGrantRecord)
    case appSession(AppSessionRecord)

    /// Decodes the record that was asked for (contract section 6). Members that nothing here needs are checked as JSON and
    /// passed over.
    package init(_ bytes: RawSpan, for query: RecordQuery) throws(RecordError) {
        let key = query.key
        let id = key.span.bytes.extracting(query.id)
        switch query.kind {
        case .session: self = .session(try SessionRecord(bytes, id: id))
        case .user: self = .user(try UserRecord(bytes, id: id))
        case .accessGrant: self = .accessGrant(try AccessGrantRecord(bytes, hash: id))
        case .offlineGrant: self = .offlineGrant(try OfflineGrantRecord(bytes, id: id))
        case .appSession: self = .appSession(try AppSessionRecord(bytes, hash: id))
        }
    }
}
