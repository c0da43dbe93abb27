import Authentication
import AuthgearResolver
import EventLoop
import Fixtures
import HTTP1
import Logging
import Redis
import ServiceLifecycle
import Telemetry
import Worker

/// The session stores of two workers, as the process makes them.
struct StoreStage: Sendable {
    let stores: RecordStores
    private let loops: LoopSet
    private let listener: Listener

    /// Runs two workers with their stores, does something, and ends them.
    static func with(
        _ origin: RecordStores.Origin, areCached: Bool = true, _ body: @Sendable (StoreStage) async throws -> Void
    ) async throws {
        let directory = TemporaryDirectory()
        let loops = LoopSet(count: 2)
        let log = LimitedLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let stores = RecordStores(origin, areCached: areCached, for: loops, log: log)
        let listener = Listener(
            Listener.Settings(
                addresses: [.unix(path: directory.path + "/gateway.sock")], maximumConnections: 10,
                connection: .generous), on: loops, resolver: { Stage.resolver() },
            effects: { number in stores.effects(worker: number) { _, _ in } }, redis: stores.redis)
        try listener.bind()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(StoreStage(stores: stores, loops: loops, listener: listener)))
            } catch {
                result = .failure(error)
            }
            group.cancelAll()
            try await group.waitForAll()
            try result.get()
        }
    }

    /// What each worker says, when all do.
    func reports() async -> [WorkerReport?] {
        var reports = await listener.reports()
        while reports.contains(where: { $0 == nil }) { reports = await listener.reports() }
        return reports
    }

    /// Asks each worker's store for the session under a key.
    func lookUp(_ key: String) -> [RecordReply] {
        let bytes = Array(key.utf8)
        let query = RecordQuery(
            kind: .session, key: bytes, id: (bytes.lastIndex(of: UInt8(ascii: ":")) ?? -1) + 1..<bytes.count)
        return loops.mailboxes.indices.compactMap { number in
            guard case .atOnce(let lookUp) = stores.effects(worker: number, find: { _, _ in }).store else { return nil }
            return lookUp(query)
        }
    }
}
