import Bytes

/// The keys of an app's records in the store (contract section 6).
package struct RecordKeys: Hashable, Sendable {
    private static let userSuffix = Array(":__greatest__".utf8)
    private static let bearerSuffix = Array(":bearer".utf8)

    /// What stands before an id or a hash, by the kinds of records in their order; none of them begins another.
    private let prefixBytes: [[UInt8]]

    package init(appID: String) {
        prefixBytes = RecordQuery.Kind.allCases.map { kind in
            switch kind {
            case .session: Array("app:\(appID):session:".utf8)
            case .user: Array("app:\(appID):userinfo:".utf8)
            case .accessGrant: Array("app:\(appID):access-grant:".utf8)
            case .offlineGrant: Array("app:\(appID):offline-grant:".utf8)
            case .appSession: Array("app:\(appID):app-session:".utf8)
            }
        }
    }

    /// What the keys of all records begin with that are asked for.
    package var prefixes: [String] { prefixBytes.map { String(decoding: $0, as: UTF8.self) } }

    /// Questions for one record of each kind, of somebody who isn't there: whether they can be asked tells whether the store
    /// can be.
    package func trialQueries(madeUpID id: String) -> [RecordQuery] {
        RecordQuery.Kind.allCases.map { kind in
            query(kind, id: Array(id.utf8), suffix: kind == .user ? Self.userSuffix : [])
        }
    }

    // Each gives the question that is known already where that asks for the same.

    func session(_ id: [UInt8], known: RecordQuery? = nil) -> RecordQuery { query(.session, id: id, known: known) }
    func accessGrant(_ hash: [UInt8]) -> RecordQuery { query(.accessGrant, id: hash) }
    func offlineGrant(_ id: [UInt8], known: RecordQuery? = nil) -> RecordQuery {
        query(.offlineGrant, id: id, known: known)
    }
    func appSession(_ hash: [UInt8]) -> RecordQuery { query(.appSession, id: hash) }
    /// What Authgear's own resolver writes of a user.
    func user(_ id: [UInt8], known: RecordQuery? = nil) -> RecordQuery {
        query(.user, id: id, suffix: Self.userSuffix, known: known)
    }
    /// What Authgear writes of a user when it makes a token: it is as good, and purged together with the other.
    func userOfBearer(_ id: [UInt8], known: RecordQuery? = nil) -> RecordQuery {
        query(.user, id: id, suffix: Self.bearerSuffix, known: known)
    }

    /// Where the id of the user stands whose record has this key; nil when it is no user's.
    func userID(ofKey key: RawSpan) -> Range<Int>? {
        let prefix = prefixBytes[Int(RecordQuery.Kind.user.rawValue)]
        guard key.extracting(first: prefix.count).equals(prefix.span.bytes) else { return nil }
        return Self.place(in: key, from: prefix.count, to: Self.userSuffix)
            ?? Self.place(in: key, from: prefix.count, to: Self.bearerSuffix)
    }

    private static func place(in key: RawSpan, from start: Int, to suffix: [UInt8]) -> Range<Int>? {
        let end = key.byteCount - suffix.count
        guard end >= start, key.extracting(droppingFirst: end).equals(suffix.span.bytes) else { return nil }
        return start..<end
    }

    private func query(
        _ kind: RecordQuery.Kind, id: [UInt8], suffix: [UInt8] = [], known: RecordQuery? = nil
    ) -> RecordQuery {
        if let known, known.asks(for: kind, id: id, suffix: suffix) { return known }
        let prefix = prefixBytes[Int(kind.rawValue)]
        var key: [UInt8] = []
        key.reserveCapacity(prefix.count + id.count + suffix.count)
        key += prefix
        key += id
        key += suffix
        return RecordQuery(kind: kind, key: key, id: prefix.count..<prefix.count + id.count)
    }
}
