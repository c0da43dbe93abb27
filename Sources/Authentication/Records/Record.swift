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

/// The members of a record as they come, before it is known that none is missing.
protocol RecordMembers {
    /// Whether the id (or the hash) that the record says is the one that was asked for; nil when it says none.
    var idMatches: Bool? { get }
    var values: RecordValues { get }

    init()

    /// Reads the members of the object that was entered, to its end.
    mutating func read(from json: inout JSONReader, id: RawSpan) throws(JSONError)
}

extension RecordMembers {
    /// Reads the record with this id (or hash), and only that one.
    init(_ bytes: RawSpan, id: RawSpan) throws(RecordError) {
        self.init()
        do throws(JSONError) {
            var json = JSONReader(bytes, deepValues: .passedOver)
            guard try json.enterObject() else { throw JSONError.unexpectedByte }
            try read(from: &json, id: id)
            try json.finish()
        } catch {
            throw .notJSON
        }
        if let problem = values.problem { throw problem }
        guard let idMatches else { throw .memberMissing }
        guard idMatches else { throw .mismatched }
    }
}

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
