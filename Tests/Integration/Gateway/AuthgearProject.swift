import Foundation
import NIOConcurrencyHelpers

/// A project at Authgear with one user: what it writes to Redis when he logs in, is asked about, is changed, disabled or logs
/// out, and how its own resolver answers. Times in the records are the real ones; only the user's record ends sooner.
final class AuthgearProject: Sendable {
    private struct State {
        var roles = ["stock.view"]
        var isDisabled = false
        var logIns = 0
        /// By the credentials that a request's head may hold.
        var sessions: [String: StoredSession] = [:]
        var grants: [String: StoredGrant] = [:]
        /// How long a user's record lasts, in milliseconds.
        var recordLifetime: Int
        /// How often the user's record was written.
        var recordsWritten = 0
    }

    private let redis: RedisServer
    private let user: String
    private let state: NIOLockedValueBox<State>
    /// One thing happens at a time: what it answers is never of before a change and written after it.
    private let turn = NIOLock()

    init(_ redis: RedisServer, user: String, recordLifetime: Int) {
        self.redis = redis
        self.user = user
        state = NIOLockedValueBox(State(recordLifetime: recordLifetime))
    }

    /// Has the user's records last so many milliseconds from the next one on: 300,000 at Authgear.
    func keepRecords(for milliseconds: Int) {
        state.withLockedValue { $0.recordLifetime = milliseconds }
    }

    var recordsWritten: Int { state.withLockedValue { $0.recordsWritten } }

    /// The user logs in with a browser, and with an app.
    func logIn() throws -> (session: StoredSession, grant: StoredGrant) {
        try turn.withLock { try addLogIn() }
    }

    private func addLogIn() throws -> (session: StoredSession, grant: StoredGrant) {
        let number = state.withLockedValue { state in
            state.logIns += 1
            return state.logIns
        }
        let session = StoredSession(
            id: "day-\(number)", user: user, createdAt: .now, authenticatedAt: .now, lastAccess: .now)
        let grant = StoredGrant(id: "day-\(number)", user: user, createdAt: .now, lastAccess: .now)
        try redis.set(RedisServer.key(session: session.id), Self.json(session), "EX", "2592000")
        try redis.command("HSET", listKey, RedisServer.key(session: session.id), StoredSession.time(.now))
        for record in grant.records { try redis.set(record.key, record.json, "EX", "1800") }
        try purge()
        state.withLockedValue {
            $0.sessions[session.cookie] = session
            $0.grants[grant.token] = grant
        }
        return (session, grant)
    }

    /// Ends one session, as its user does.
    func logOut(_ session: StoredSession) throws {
        try turn.withLock { try end(session) }
    }

    private func end(_ session: StoredSession) throws {
        try redis.delete(RedisServer.key(session: session.id))
        try redis.command("HDEL", listKey, RedisServer.key(session: session.id))
    }

    /// Gives the user other roles.
    func change(roles: [String]) throws {
        try turn.withLock {
            state.withLockedValue { $0.roles = roles }
            try purge()
        }
    }

    /// Disables the user: all that he is logged in with ends. Access grants stay, until their time.
    func disable() throws {
        try turn.withLock {
            let (sessions, grants) = state.withLockedValue { state in
                state.isDisabled = true
                return (Array(state.sessions.values), Array(state.grants.values))
            }
            for session in sessions { try end(session) }
            for grant in grants { try redis.delete(Self.key(grant)) }
            try purge()
        }
    }

    func enable() throws {
        try turn.withLock {
            state.withLockedValue { $0.isDisabled = false }
            try purge()
        }
    }

    /// What its resolver answers to a request with this head, with what it writes meanwhile.
    func answer(to head: String) throws -> [String] {
        try turn.withLock { try resolve(head) }
    }

    private func resolve(_ head: String) throws -> [String] {
        let (session, grant, roles, isDisabled) = state.withLockedValue { state in
            (
                state.sessions.first { head.contains("session=\($0.key)") }?.value,
                state.grants.first { head.contains("Bearer \($0.key)") }?.value, state.roles, state.isDisabled
            )
        }
        let key = session.map { RedisServer.key(session: $0.id) } ?? grant.map(Self.key)
        guard let key else { return ["Session-Valid: false"] }
        guard !isDisabled, try redis.command("EXISTS", key) == ":1\r\n" else {
            // It swallows bad tokens.
            return session == nil ? [] : ["Session-Valid: false"]
        }
        if var session {
            session.lastAccess = .now
            try redis.command("SET", key, Self.json(session), "EX", "2592000", "XX")
        } else if var grant {
            grant.lastAccess = .now
            try redis.command("SET", key, grant.records[0].json, "EX", "2592000", "XX")
        }
        let record = StoredUser(id: user, roles: roles, staleFrom: nil).json
        let lifetime = state.withLockedValue { state in
            state.recordsWritten += 1
            return state.recordLifetime
        }
        try redis.set(RedisServer.key(user: user), record, "PX", "\(lifetime)")
        return [
            "Session-Valid: true", "User-Id: \(user)", "User-Anonymous: false", "User-Verified: true",
            "User-Can-Reauthenticate: true", "Session-Amr:", "User-Roles: \(roles.joined(separator: ","))",
        ]
    }

    /// When the session and the grant were last used, as their records say.
    func lastAccess(of session: StoredSession, _ grant: StoredGrant) throws -> [Substring?] {
        try [RedisServer.key(session: session.id), Self.key(grant)].map { key in
            try redis.command("GET", key).split(separator: #""last_access":{"time":""#).last?.prefix { $0 != "\"" }
        }
    }

    /// Both records of the user's go whenever anything about him changes.
    private func purge() throws {
        try redis.command("DEL", RedisServer.key(user: user), "app:my-project:userinfo:\(user):bearer")
    }

    private static func key(_ grant: StoredGrant) -> String { "app:my-project:offline-grant:\(grant.id)" }

    private var listKey: String { "app:my-project:session-list:\(user)" }

    /// As Authgear writes it: it leaves `app_id` empty.
    private static func json(_ session: StoredSession) -> String {
        session.json.replacing(#""app_id":"my-project""#, with: #""app_id":"""#)
    }
}
