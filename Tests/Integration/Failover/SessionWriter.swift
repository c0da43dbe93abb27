import Foundation
import NIOConcurrencyHelpers

/// Creates and deletes sessions at the primary in the background, as Authgear would, and enters in the ledger what it
/// knows of them. A write that fails, or that the heir doesn't have before the roles change, may be lost.
final class SessionWriter: Sendable {
    /// How many sessions are never deleted, and how many there are besides, each of which lives for a while.
    private static let permanent = 8
    private static let passing = 40
    /// Between two writes, and after one that failed, in milliseconds.
    private static let pause: Int32 = 25
    private static let longPause: Int32 = 250

    /// Who is what at this moment.
    private let roles: @Sendable () -> ReplicationGroup.Roles
    private let ledger: SessionLedger
    private let state = NIOLockedValueBox((isStopped: false, isRunning: true))

    /// Stores the permanent sessions, then goes on in the background.
    init(_ roles: @escaping @Sendable () -> ReplicationGroup.Roles, _ ledger: SessionLedger) throws {
        self.roles = roles
        self.ledger = ledger
        try roles().primary.redis.add(StoredUser(id: Self.user))
        for number in 0..<Self.permanent {
            guard create("permanent\(number)") != nil else { throw GaveUp(what: "a session") }
        }
        Thread.detachNewThread { [self] in
            write()
            state.withLockedValue { $0.isRunning = false }
        }
    }

    /// Ends it, and waits for that.
    func stop() {
        state.withLockedValue { $0.isStopped = true }
        _ = try? eventually("the writer to end") { state.withLockedValue { $0.isRunning } ? nil : true }
    }

    private static let user = "u-failover"

    private func write() {
        var living: [(session: Int, key: String)] = []
        for number in 0..<1_000_000 {
            guard !state.withLockedValue({ $0.isStopped }) else { return }
            let isDone: Bool
            if living.count >= Self.passing {
                let (session, key) = living.removeFirst()
                isDone = delete(session, key)
            } else {
                let created = create("passing\(number)")
                isDone = created != nil
                if let created { living.append(created) }
            }
            // No primary is there: else the sessions that live would be lost one after another.
            _ = poll(nil, 0, isDone ? Self.pause : Self.longPause)
        }
    }

    private func create(_ id: String) -> (session: Int, key: String)? {
        let (session, roles) = (StoredSession(id: id, user: Self.user), roles())
        let key = RedisServer.key(session: id)
        guard (try? roles.primary.redis.add(session)) != nil, isKept(roles, { try $0.has(key) }) else { return nil }
        return (ledger.add(session), key)
    }

    private func delete(_ session: Int, _ key: String) -> Bool {
        let roles = roles()
        ledger.deleting(session)
        let reply = try? roles.primary.redis.command("DEL", key)
        let moment = ContinuousClock.now
        guard reply == ":1\r\n", isKept(roles, { try !$0.has(key) }) else {
            ledger.lost(session)
            return false
        }
        ledger.deleted(session, at: moment)
        return true
    }

    /// Whether the heir comes to have a write before the roles change.
    private func isKept(_ roles: ReplicationGroup.Roles, _ hasWrite: (RedisNode) throws -> Bool) -> Bool {
        for _ in 0..<200 {
            let has = roles.heir.map { (try? hasWrite($0)) == true } ?? true
            guard roles.generation == self.roles().generation else { return false }
            if has { return true }
            _ = poll(nil, 0, 5)
        }
        return false
    }
}
