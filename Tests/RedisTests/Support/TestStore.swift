import Authentication
import Fixtures
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Redis
import Telemetry

/// A `RedisStore` on an event loop of its own, which a test asks from outside.
final class TestStore: Sendable {
    let log = TestLog()
    /// What the store told of changes: `record <key>`, `everything`, `up to date`.
    let changes = TestLog()
    /// Where the connection is served once it is ready; nil: on the store's own event loop.
    let host: LineHost?
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let store: NIOLoopBound<RedisStore>
    private let loop: any EventLoop

    /// Starts the store, and waits for its first attempt to end.
    ///
    /// - Parameters:
    ///   - movesOut: whether the connection is served by a thread of the test's, which asks on it.
    ///   - logInterval: how long a line keeps others of its subject out.
    init(
        _ configuration: RedisConfiguration, tracksChanges: Bool = false, movesOut: Bool = false,
        logInterval: Duration = .zero
    ) async throws {
        let host = movesOut ? LineHost() : nil
        self.host = host
        let loop = group.next()
        let limited = LimitedLog(self.log.logger, interval: logInterval)
        self.loop = loop
        let changes = self.changes
        self.store = try await loop.submit {
            let store = RedisStore(
                configuration, on: loop, log: limited,
                changes: tracksChanges ? { change in changes.add(change.summary) } : nil, home: host?.home)
            return NIOLoopBound(store, eventLoop: loop)
        }.get()
        let store = self.store
        host?.elsewhere.withLockedValue { elsewhere in
            elsewhere = { query, reply in
                loop.execute {
                    store.value.lookUp(query) { outcome in
                        switch outcome {
                        case .reply(let answer): reply(answer)
                        case .elsewhere: host?.ask([(query, reply)])
                        }
                    }
                }
            }
        }
        try await loop.flatSubmit { store.value.start() }.get()
    }

    convenience init(
        _ address: RedisAddress, commandTimeout: Duration = .seconds(5), maximumPending: Int = 10_000,
        movesOut: Bool = false
    ) async throws {
        let configuration = RedisConfiguration(
            to: address, commandTimeout: commandTimeout, maximumPending: maximumPending)
        try await self.init(configuration, movesOut: movesOut)
    }

    convenience init(
        url: String, commandTimeout: Duration = .seconds(5), movesOut: Bool = false, logInterval: Duration = .zero
    ) async throws {
        let configuration = try RedisConfiguration(to: RedisAddress(url: url), commandTimeout: commandTimeout)
        try await self.init(configuration, movesOut: movesOut, logInterval: logInterval)
    }

    convenience init(
        trackingChangesAt url: String, prefixes: [String] = ["s", "t"], commandTimeout: Duration = .seconds(5),
        movesOut: Bool = false
    ) async throws {
        let configuration = try RedisConfiguration(
            to: RedisAddress(url: url), commandTimeout: commandTimeout, trackedPrefixes: prefixes,
            readsUserEnds: true)
        try await self.init(configuration, tracksChanges: true, movesOut: movesOut)
    }

    /// Asks for all keys in one turn of the loop; gives the replies in that order.
    func lookUp(_ keys: [String], as kind: RecordQuery.Kind = .session) async throws -> [RecordReply] {
        if let host { return await lookUp(keys, as: kind, at: host) }
        let store = self.store
        return try await loop.flatSubmit { [loop] in
            EventLoopFuture.whenAllSucceed(
                keys.map { key in
                    let promise = loop.makePromise(of: RecordReply.self)
                    store.value.lookUp(RecordQuery(kind: kind, key: Array(key.utf8))) { outcome in
                        if case .reply(let reply) = outcome { promise.succeed(reply) }
                    }
                    return promise.futureResult
                }, on: loop)
        }.get()
    }

    private func lookUp(_ keys: [String], as kind: RecordQuery.Kind, at host: LineHost) async -> [RecordReply] {
        let replies = NIOLockedValueBox<(values: [RecordReply?], missing: Int)>(
            (Array(repeating: nil, count: keys.count), keys.count))
        await withCheckedContinuation { continuation in
            host.ask(
                keys.enumerated().map { index, key in
                    (
                        RecordQuery(kind: kind, key: Array(key.utf8)),
                        { reply in
                            let isWhole = replies.withLockedValue { replies in
                                replies.values[index] = reply
                                replies.missing -= 1
                                return replies.missing == 0
                            }
                            if isWhole { continuation.resume() }
                        }
                    )
                })
        }
        // Not by the continuation: ThreadSanitizer does not see what orders a resumption before an await.
        return replies.withLockedValue { $0.values.compactMap(\.self) }
    }

    func lookUp(_ key: String, as kind: RecordQuery.Kind = .session) async throws -> RecordReply {
        try await lookUp([key], as: kind)[0]
    }

    var status: StoreStatus {
        get async throws {
            let store = self.store
            return try await loop.submit { store.value.status }.get()
        }
    }

    var figures: StoreFigures {
        get async throws {
            let store = self.store
            return try await loop.submit { store.value.figures }.get()
        }
    }

    var revocationLag: Duration {
        get async throws {
            let store = self.store
            return try await loop.submit { store.value.revocationLag }.get()
        }
    }

    func stop() async throws {
        let store = self.store
        try await loop.submit { store.value.stop() }.get()
    }

    deinit {
        let (store, group, loop) = (self.store, self.group, self.loop)
        let end: @Sendable () -> Void = {
            loop.execute {
                store.value.stop()
                group.shutdownGracefully { _ in }
            }
        }
        host?.elsewhere.withLockedValue { $0 = nil }
        // What the host's line tells is told on the event loop, which therefore ends after it.
        if let host { host.end(then: end) } else { end() }
    }
}

extension StoreChange {
    fileprivate var summary: String {
        switch self {
        case .record(let key): "record \(String(decoding: key, as: UTF8.self))"
        case .everything: "everything"
        case .upToDate: "up to date"
        }
    }
}
