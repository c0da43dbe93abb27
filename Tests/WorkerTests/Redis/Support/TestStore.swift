import Authentication
import Bytes
import EventLoop
import Fixtures
import Logging
import NIOConcurrencyHelpers
import Redis
import Telemetry
import Worker

/// A client of Redis on a thread of its own, which a test asks from outside.
final class TestStore: Sendable {
    let log = TestLog()
    /// What became of what was read: `record <key>`, `everything`, `up to date`.
    let changes = TestLog()
    private let reader: RecordReader
    private let address: RedisAddress

    /// Connects, and waits for the first attempt to end.
    ///
    /// - Parameter logInterval: how long a line keeps others of its subject out.
    init(
        _ configuration: RedisConfiguration, tracksChanges: Bool = false, logInterval: Duration = .zero
    ) async throws {
        let changes = self.changes
        address = configuration.options.address.withoutCredentials
        let told: @Sendable (RedisClient.MemoryEvent) -> Void = { event in event.lines.forEach(changes.add) }
        let log = LimitedLog(self.log.logger, interval: logInterval)
        reader = RecordReader(configuration, log: log, memory: tracksChanges ? told : nil)
        await reader.connected()
    }

    convenience init(
        _ address: RedisAddress, commandTimeout: Duration = .seconds(5), maximumPending: Int = 10_000
    ) async throws {
        let configuration = RedisConfiguration(
            to: address, commandTimeout: commandTimeout, maximumPending: maximumPending)
        try await self.init(configuration)
    }

    convenience init(
        url: String, commandTimeout: Duration = .seconds(5), logInterval: Duration = .zero
    ) async throws {
        let configuration = try RedisConfiguration(to: RedisAddress(url: url), commandTimeout: commandTimeout)
        try await self.init(configuration, logInterval: logInterval)
    }

    convenience init(
        trackingChangesAt url: String, prefixes: [String] = ["s", "t"], commandTimeout: Duration = .seconds(5),
        version: RESPVersion = .any
    ) async throws {
        var configuration = try RedisConfiguration(
            to: RedisAddress(url: url), commandTimeout: commandTimeout, trackedPrefixes: prefixes,
            readsUserEnds: true)
        configuration.version = version
        try await self.init(configuration, tracksChanges: true)
    }

    /// Asks for all keys in one turn of the loop; gives the replies in that order.
    func lookUp(_ keys: [String], as kind: RecordQuery.Kind = .session) async throws -> [RecordReply] {
        let replies = NIOLockedValueBox<(values: [RecordReply?], missing: Int)>(
            (Array(repeating: nil, count: keys.count), keys.count))
        await withCheckedContinuation { continuation in
            reader.ask(
                keys.enumerated().map { index, key in
                    let reply: RecordReader.Reply = { reply in
                        let isWhole = replies.withLockedValue { replies in
                            replies.values[index] = reply
                            replies.missing -= 1
                            return replies.missing == 0
                        }
                        if isWhole { continuation.resume() }
                    }
                    return (RecordQuery(kind: kind, key: Array(key.utf8)), reply)
                })
        }
        // Not by the continuation: ThreadSanitizer does not see what orders a resumption before an await.
        return replies.withLockedValue { $0.values.compactMap(\.self) }
    }

    func lookUp(_ key: String, as kind: RecordQuery.Kind = .session) async throws -> RecordReply {
        try await lookUp([key], as: kind)[0]
    }

    struct Stopped: Error {}

    private func ask<Value: Sendable>(_ body: @escaping @Sendable (inout RedisClient) -> Value) async throws -> Value {
        guard let value = await reader.with(body) else { throw Stopped() }
        return value
    }

    var status: StoreStatus { get async throws { try await ask { $0.status } } }
    var figures: StoreFigures { get async throws { try await figures(at: Moment.steadyNanoseconds()) } }
    var revocationLag: Duration { get async throws { try await ask { $0.revocationLag } } }

    /// What the Sentinels say.
    var primaryView: PrimaryView? {
        get async throws { try await ask { $0.primaryView(at: Moment.steadyNanoseconds()) } }
    }

    /// The same as they are at another moment.
    func figures(at now: Int64) async throws -> StoreFigures { try await ask { $0.figures(at: now) } }

    /// The files of its credentials hold these by now.
    ///
    /// - Parameter other: of a store that is not this one.
    func adopt(_ credentials: StoreCredentials, of other: RedisAddress? = nil) async throws {
        let address = other ?? self.address
        try await ask { $0.adopt(credentials, of: address, at: Moment.steadyNanoseconds()) }
    }

    /// Whether what is read may be kept in memory.
    var isTrusted: Bool { get async throws { try await ask { $0.isTrusted } } }

    func stop() async throws {
        await reader.stop()
    }
}

extension RedisClient.MemoryEvent {
    fileprivate var lines: [String] {
        switch self {
        case .changed(let keys, _): keys.words.map { "record \($0)" }
        case .distrusted: ["everything"]
        case .trusted: ["up to date"]
        }
    }
}
