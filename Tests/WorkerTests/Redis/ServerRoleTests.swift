import Authentication
import Fixtures
import Foundation
import NIOCore
import NIOPosix
import Redis
import Telemetry
import Testing
import Worker

/// Primaries and replicas, as they are told apart.
@Suite(.enabled(if: RedisServer.isInstalled, RedisServer.whyNot), .timeLimit(.minutes(5)))
struct `Which server is believed` {
    static let session = RecordReply.session(of: "u1")
    static let on = "redis tells of changes"

    /// A primary that has a session, and a replica that has it too.
    static func pair() async throws -> (primary: RedisServer, replica: RedisServer) {
        let (primary, port) = try await server()
        try await primary.cli("SET", "s", session)
        let replica = try await server().server
        try await replica.cli("REPLICAOF", "127.0.0.1", "\(port)")
        try await waitUntil { try await replica.cli("INFO", "replication").contains("master_link_status:up") }
        return (primary, replica)
    }

    /// A server that others can replicate, and its port.
    static func server() async throws -> (server: RedisServer, port: UInt16) {
        let port = try FreePort.take()
        let server = try await RedisServer([
            "--port", "\(port)", "--bind", "127.0.0.1", "--repl-diskless-sync-delay", "0",
            "--repl-ping-replica-period", "1",
        ])
        return (server, port)
    }

    static func store(
        _ server: RedisServer, role: RequiredRole = .primary, tracksChanges: Bool = true
    ) async throws -> TestStore {
        let configuration = try RedisConfiguration(
            to: RedisAddress(url: server.url), commandTimeout: .milliseconds(750), role: role,
            trackedPrefixes: ["s", "t"])
        return try await TestStore(configuration, tracksChanges: tracksChanges)
    }

    @Test func `a replica is not read, and why is said`() async throws {
        let (primary, replica) = try await Self.pair()
        let store = try await Self.store(replica)
        #expect(try await store.lookUp("s").summary == "notPrimary")
        guard case .unreachable(let reason) = try await store.status else {
            Issue.record("it is reachable")
            return
        }
        #expect(reason.contains("is a replica") && reason.contains("sessions.redis.role"))
        #expect(try await store.figures[.session, .notPrimary] == 1)
        #expect(!store.changes.lines.contains("up to date"))
        let seen = store.log.count
        try await replica.cli("REPLICAOF", "NO", "ONE")
        await store.log.line(with: "is reachable", after: seen)
        #expect(try await store.lookUp("s").summary == "found u1")
        withExtendedLifetime(primary) {}
    }

    @Test func `a probe says so too`() async throws {
        let (primary, replica) = try await Self.pair()
        let configuration = try RedisConfiguration(to: RedisAddress(url: replica.url))
        let (status, _) = await RecordReader.probe(
            configuration, asking: [RecordQuery(kind: .session, key: Array("s".utf8))],
            log: LimitedLog(TestLog().logger))
        #expect("\(status)".contains("is a replica"))
        withExtendedLifetime(primary) {}
    }

    @Test(arguments: [false, true])
    func `a primary that is demoted is left, whether it is tracked or not`(_ isTracked: Bool)
        async throws
    {
        let (first, second) = try await Self.pair()
        let store = try await Self.store(first, tracksChanges: isTracked)
        if isTracked { await store.log.line(with: Self.on) }
        let seen = store.changes.count
        try await second.cli("REPLICAOF", "NO", "ONE")
        let port = try await second.cli("CONFIG", "GET", "port").split(separator: "\n").last.map(String.init)
        try await first.cli("REPLICAOF", "127.0.0.1", try #require(port))
        await store.log.line(with: "is a replica")
        if isTracked { await store.changes.line(with: "everything", after: seen) }
        #expect(try await store.lookUp("s").summary == "notPrimary")
    }

    @Test func `where any is wanted a replica is read and tells of changes, until its primary is silent`()
        async throws
    {
        let (primary, replica) = try await Self.pair()
        let store = try await Self.store(replica, role: .any(maximumLag: 3_000_000_000))
        await store.log.line(with: Self.on)
        #expect(try await store.lookUp("s").summary == "found u1")
        #expect(try await store.revocationLag == .seconds(5))
        let seen = store.changes.count
        try await primary.cli("DEL", "s")
        await store.changes.line(with: "record s", after: seen)
        await primary.pause()
        await store.log.line(with: "max_replica_lag")
        #expect(try await store.lookUp("s").summary == "notPrimary")
        let log = store.log.count
        await primary.resume()
        await store.log.line(with: "is reachable", after: log)
        #expect(try await store.lookUp("s").summary == "missing")
    }

    @Test func `a replica that never met its primary is not read, whoever is wanted`() async throws {
        let replica = try await Self.server().server
        try await replica.cli("REPLICAOF", "127.0.0.1", "\(FreePort.take())")
        let store = try await Self.store(replica, role: .any(maximumLag: 3_600_000_000_000))
        #expect(try await store.lookUp("s").summary == "notPrimary")
        #expect("\(try await store.status)".contains("lost its primary"))
    }

    @Test func `where it may not be asked sessions are read, each anew`() async throws {
        let (primary, replica) = try await Self.pair()
        try await replica.cli("ACL", "SETUSER", "r", "on", ">pw", "~*", "&*", "+get", "+ping")
        let configuration = try RedisConfiguration(
            to: RedisAddress(url: replica.url.replacing("unix://", with: "unix://r:pw@")))
        let store = try await TestStore(configuration, tracksChanges: true)
        #expect(try await store.lookUp("s").summary == "found u1")
        await store.log.line(with: "redis does not tell of changes")
        #expect(!store.changes.lines.contains("up to date"))
        withExtendedLifetime(primary) {}
    }
}
