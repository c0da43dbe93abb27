import Bytes
import Tokens

/// When a session is valid, and where its records are (contract section 6).
package struct SessionRules: Sendable {
    /// What a session is answered whose user's record is missing.
    package enum MissingUser: Sendable {
        /// Unknown.
        case unavailable
        /// What is known.
        case partial
    }

    package var lifetime: Duration
    /// Nil: sessions don't idle out.
    package var idleTimeout: Duration?
    package var missingUser: MissingUser
    /// The cookie's name with the configured prefix before it.
    let cookieName: [UInt8]
    /// What stands before a session's id, and around a user's, in the keys of their records.
    private let sessionPrefix: [UInt8]
    private let userPrefix: [UInt8]
    private static let userSuffix = Array(":__greatest__".utf8)

    package init(
        appID: String, cookiePrefix: String, lifetime: Duration, idleTimeout: Duration?, missingUser: MissingUser
    ) {
        self.cookieName = Array((cookiePrefix + "session").utf8)
        self.sessionPrefix = Array(Self.sessionPrefix(appID: appID).utf8)
        self.userPrefix = Array(Self.userPrefix(appID: appID).utf8)
        self.lifetime = lifetime
        self.idleTimeout = idleTimeout
        self.missingUser = missingUser
    }

    /// What the keys of all records begin with that are asked for; none of them begins another.
    package static func keyPrefixes(appID: String) -> [String] {
        [sessionPrefix(appID: appID), userPrefix(appID: appID)]
    }

    private static func sessionPrefix(appID: String) -> String { "app:\(appID):session:" }
    private static func userPrefix(appID: String) -> String { "app:\(appID):userinfo:" }

    /// Questions for one record of each kind that is looked up, of somebody who isn't there: whether they can be asked tells
    /// whether the store can be.
    package static func trialQueries(appID: String, madeUpID id: String) -> [RecordQuery] {
        RecordQuery.Kind.allCases.map { kind in
            switch kind {
            case .session: RecordQuery(kind: kind, key: Array((sessionPrefix(appID: appID) + id).utf8))
            case .user: RecordQuery(kind: kind, key: Array((userPrefix(appID: appID) + id).utf8) + userSuffix)
            }
        }
    }

    func sessionQuery(id: [UInt8]) -> RecordQuery {
        let key = sessionPrefix + id
        return RecordQuery(kind: .session, key: key, id: sessionPrefix.count..<key.count)
    }

    func userQuery(id: [UInt8]) -> RecordQuery {
        var key: [UInt8] = []
        key.reserveCapacity(userPrefix.count + id.count + Self.userSuffix.count)
        key += userPrefix
        key += id
        key += Self.userSuffix
        return RecordQuery(kind: .user, key: key, id: userPrefix.count..<userPrefix.count + id.count)
    }

    /// The last moment at which the session is valid.
    func expiry(of session: SessionRecord) -> Timestamp {
        let end = session.createdAt + lifetime
        guard let idleTimeout else { return end }
        return min(end, Self.idleExpiry(of: session, after: idleTimeout))
    }

    /// Checks that the cookie proves the session, and that the session lasts still.
    func check(_ session: SessionRecord, against cookie: SessionCookie, now: Timestamp) throws(SessionRefusal) {
        let hash = session.tokenHash
        guard cookie.digest.equalsHex(hash.span.bytes) else { throw .wrongSecret }
        guard now <= session.createdAt + lifetime else { throw .expired }
        guard let idleTimeout else { return }
        guard now <= Self.idleExpiry(of: session, after: idleTimeout) else { throw .idle }
    }

    /// Authgear adds the time-out to its zero time, the year 1, when a session does not say when it was last used: such a
    /// session has long expired.
    private static func idleExpiry(of session: SessionRecord, after timeout: Duration) -> Timestamp {
        session.lastAccess.map { lastAccess in lastAccess + timeout } ?? .distantPast
    }
}
