import Authentication
import Fixtures
import Redis
import Testing
import Worker

/// What a proxy that shares connections does to them, and that it is noticed.
@Suite(.enabled(if: RedisServer.isInstalled, RedisServer.whyNot), .timeLimit(.minutes(5)))
struct `Behind a proxy that shares connections` {
    private static func store(
        behind proxy: SharingProxy, _ server: RedisServer
    ) async throws -> TestStore {
        try await server.cli("SET", "s", RecordReply.session(of: "u1"))
        let store = try await TestStore(trackingChangesAt: proxy.url)
        await store.log.line(with: "redis tells of changes")
        #expect(try await store.lookUp("s").summary == "found u1")
        return store
    }

    @Test func `a connection that becomes another client's is not trusted`() async throws {
        let server = try await RedisServer()
        let proxy = try await SharingProxy(before: server)
        let store = try await Self.store(behind: proxy, server)
        let seen = store.changes.count
        proxy.swap()
        await store.log.line(with: "took one connection for two clients")
        await store.changes.line(with: "everything", after: seen)
    }

    @Test func `a reply that is lost puts the rest out of step, which the next heartbeat notices`()
        async throws
    {
        let server = try await RedisServer()
        let proxy = try await SharingProxy(before: server)
        let store = try await Self.store(behind: proxy, server)
        let seen = (log: store.log.count, changes: store.changes.count)
        proxy.loseNext()
        // Its reply may be the one that is lost, or a heartbeat's.
        _ = try await store.lookUp("s")
        await store.log.line(with: "out of step")
        await store.changes.line(with: "everything", after: seen.changes)
        await store.log.line(with: "is reachable", after: seen.log)
        #expect(try await store.lookUp("s").summary == "found u1")
    }

    @Test func `a server that stops telling us is not trusted`() async throws {
        let server = try await FakeRedis { command, _ in
            switch command {
            case "SUBSCRIBE __redis__:invalidate":
                "*3\r\n$9\r\nsubscribe\r\n$20\r\n__redis__:invalidate\r\n:1\r\n"
            // It agreed to tell client 7.
            case "CLIENT TRACKINGINFO": FakeRedis.tracking(8, of: ["s", "t"])
            default: FakeRedis.manners(command) ?? "+OK\r\n"
            }
        }
        let store = try await TestStore(trackingChangesAt: server.url)
        await store.log.line(with: "stopped telling this client of changes")
        #expect(!store.changes.lines.contains("up to date"))
    }
}
