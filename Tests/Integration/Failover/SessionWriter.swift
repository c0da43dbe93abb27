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

    /// Where a write is to be at this moment; nil: nowhere, for now.
    private let place: @Sendable () -> WritePlace?
    private let ledger: SessionLedger
    private let state = NIOLockedValueBox((isStopped: false, isRunning: true))
    /// Held during each write.
    private let writing = NSLock()

    /// Stores the permanent sessions, then goes on in the background.
    init(_ place: @escaping @Sendable () -> WritePlace?, _ ledger: SessionLedger) throws {
        self.place = place
        self.ledger = ledger
        try place()?.primary.add(StoredUser(id: Self.user))
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

    /// Returns when the write that is under way has ended: those that follow know of what changed before the call.
    func endWrite() { writing.withLock {} }

    private static let user = "u-failover"

    private func write() {
        var living: [(session: Int, key: String)] = []
        for number in 0..<1_000_000 {
            guard !state.withLockedValue({ $0.isStopped }) else { return }
            let isDone = writing.withLock { write(number, &living) }
            // No primary is there: else the sessions that live would be lost one after another.
            _ = poll(nil, 0, isDone ? Self.pause : Self.longPause)
        }
    }

    private func write(_ number: Int, _ living: inout [(session: Int, key: String)]) -> Bool {
        if living.count >= Self.passing, place() != nil {
            let (session, key) = living.removeFirst()
            return delete(session, key)
        }
        guard let created = create("passing\(number)") else { return false }
        living.append(created)
        return true
    }

    private func create(_ id: String) -> (session: Int, key: String)? {
        guard let place = place() else { return nil }
        let session = StoredSession(id: id, user: Self.user)
        let key = RedisServer.key(session: id)
        guard (try? place.primary.add(session)) != nil, isKept(place, { try $0.has(key) }) else { return nil }
        return (ledger.add(session), key)
    }

    private func delete(_ session: Int, _ key: String) -> Bool {
        guard let place = place() else { return false }
        ledger.deleting(session)
        let reply = try? place.primary.command("DEL", key)
        let moment = ContinuousClock.now
        guard reply == ":1\r\n", isKept(place, { try !$0.has(key) }) else {
            ledger.lost(session)
            return false
        }
        ledger.deleted(session, at: moment)
        return true
    }

    /// Whether all heirs come to have a write before the roles change.
    private func isKept(_ place: WritePlace, _ hasWrite: (RedisServer) throws -> Bool) -> Bool {
        for _ in 0..<200 {
            let has = place.heirs.allSatisfy { (try? hasWrite($0)) == true }
            guard place.generation == self.place()?.generation else { return false }
            if has { return true }
            _ = poll(nil, 0, 5)
        }
        return false
    }
}
