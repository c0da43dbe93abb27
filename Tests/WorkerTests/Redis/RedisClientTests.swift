import Authentication
import Fixtures
import NIOCore
import Redis
import Testing
import Worker

@Suite(.enabled(if: RedisServer.isInstalled, RedisServer.whyNot), .timeLimit(.minutes(5)))
struct `Redis store with a real redis` {
    static let session = RecordReply.session(of: "u1")

    @Test func `records are found, missing or unreadable`() async throws {
        let server = try await RedisServer()
        try await server.cli("SET", "s", Self.session)
        try await server.cli("SET", "junk", "no JSON")
        let store = try await TestStore(url: server.url)
        let replies = try await store.lookUp(["s", "none", "junk", "s"])
        #expect(replies.map(\.summary) == ["found u1", "missing", "unreadable notJSON", "found u1"])
    }

    @Test func `a thousand look-ups in one turn each get their own reply`() async throws {
        let server = try await RedisServer()
        for number in 0..<10 {
            try await server.cli("SET", "s\(number)", RecordReply.session(of: "u\(number)", at: "s\(number)"))
        }
        let store = try await TestStore(url: server.url)
        let replies = try await store.lookUp((0..<1000).map { "s\($0 % 20)" })
        #expect(replies.map(\.summary) == (0..<1000).map { $0 % 20 < 10 ? "found u\($0 % 20)" : "missing" })
        let stats = try await server.cli("INFO", "commandstats")
        #expect(stats.contains("cmdstat_get:calls=1000,"))
    }

    @Test func `a key of another type is refused by redis, and the connection goes on`() async throws {
        let server = try await RedisServer()
        try await server.cli("LPUSH", "list", "x")
        try await server.cli("SET", "s", Self.session)
        let store = try await TestStore(url: server.url)
        #expect(try await store.lookUp(["list", "s"]).map(\.summary) == ["refused", "found u1"])
        #expect(store.log.lines.contains { $0.contains("WRONGTYPE") })
    }

    @Test func `it listens on TCP too`() async throws {
        let port = try FreePort.take()
        let server = try await RedisServer(["--port", "\(port)", "--bind", "127.0.0.1"])
        try await server.cli("SET", "s", Self.session)
        let store = try await TestStore(url: "redis://127.0.0.1:\(port)")
        #expect(try await store.lookUp("s").summary == "found u1")
    }

    @Test func `a killed server is missed, and found again when it returns`() async throws {
        let server = try await RedisServer()
        let store = try await TestStore(url: server.url, commandTimeout: .milliseconds(500))
        #expect(try await store.status == .reachable)
        await server.crash()
        await store.log.line(with: "out of reach")
        #expect(try await store.lookUp("s").summary == "disconnected")
        #expect(try await store.figures.connections == 0)
        let seen = store.log.count
        try await server.restart()
        try await server.cli("SET", "s", Self.session)
        await store.log.line(with: "is reachable", after: seen)
        #expect(try await store.lookUp("s").summary == "found u1")
        #expect(try await store.figures.connections == 1)
    }
}

extension `Redis store with a real redis` {
    @Test func `a server that is stopped in its tracks is given up, and found again`() async throws {
        let server = try await RedisServer()
        try await server.cli("SET", "s", Self.session)
        let store = try await TestStore(url: server.url, commandTimeout: .milliseconds(500))
        await server.pause()
        #expect(try await store.lookUp("s").summary == "timedOut")
        await store.log.line(with: "stopped answering")
        #expect(try await store.lookUp("s").summary == "disconnected")
        let seen = store.log.count
        await server.resume()
        await store.log.line(with: "is reachable", after: seen)
        #expect(try await store.lookUp("s").summary == "found u1")
    }

    @Test func `a client that redis kills comes back`() async throws {
        let server = try await RedisServer()
        try await server.cli("SET", "s", Self.session)
        let store = try await TestStore(url: server.url)
        let seen = store.log.count
        try await server.cli("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        await store.log.line(with: "is reachable", after: seen)
        #expect(try await store.lookUp("s").summary == "found u1")
    }

    @Test func `a write of many kilobytes and its replies go through`() async throws {
        let server = try await RedisServer()
        let store = try await TestStore(url: server.url)
        let keys = (0..<5000).map { "key-\($0)-" + String(repeating: "x", count: 400) }
        let replies = try await store.lookUp(keys)
        #expect(replies.allSatisfy { $0.summary == "missing" })
    }
}
