import Authentication
import AuthgearResolver
import EventLoop
import Logging
import NIOCore
import NIOPosix
import Redis
import Telemetry
import Worker

/// The session stores of two event loops, as the process makes them; the test asks and hears in the loops' place.
struct StoreStage: Sendable {
    let stores: SessionStores
    private let loops: LoopSet
    private let group: MultiThreadedEventLoopGroup

    /// Makes the stores, does something with them, and ends them.
    static func with(
        _ origin: SessionStores.Origin, areCached: Bool = true, _ body: (StoreStage) async throws -> Void
    ) async throws {
        let (loops, group) = (LoopSet(count: 2), MultiThreadedEventLoopGroup(numberOfThreads: 2))
        let log = LimitedLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let stores = SessionStores(origin, areCached: areCached, for: loops, on: group, log: log)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(StoreStage(stores: stores, loops: loops, group: group)))
        } catch {
            result = .failure(error)
        }
        for number in loops.mailboxes.indices { try await stores[number].stop() }
        try await group.shutdownGracefully()
        try result.get()
    }

    /// Asks each loop's store for the session under a key.
    func lookUp(_ key: String) async throws -> [RecordReply] {
        var replies: [RecordReply] = []
        for (number, mailbox) in loops.mailboxes.enumerated() { replies.append(await lookUp(key, number, mailbox)) }
        return replies
    }

    private func lookUp(_ key: String, _ number: Int, _ mailbox: WorkerMailbox) async -> RecordReply {
        let bytes = Array(key.utf8)
        let query = RecordQuery(
            kind: .session, key: bytes, id: (bytes.lastIndex(of: UInt8(ascii: ":")) ?? -1) + 1..<bytes.count)
        switch stores[number].effects(find: { _, _ in }).store {
        case .atOnce(let lookUp): return lookUp(query)
        case .later(let send): send([Question(number: 1, query: query)])
        }
        while true {
            var messages: [Message] = []
            mailbox.take(into: &messages)
            for case .records(let replies) in messages { return replies[0].reply }
            await Task.yield()
        }
    }
}
