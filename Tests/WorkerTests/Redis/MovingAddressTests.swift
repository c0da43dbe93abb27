import Authentication
import EventLoop
import Fixtures
import Foundation
import NIOConcurrencyHelpers
import Redis
import Testing
import Worker

/// Addresses that lead to another server while a connection stands.
@Suite(.enabled(if: RedisServer.isInstalled, RedisServer.whyNot), .timeLimit(.minutes(5)))
struct `An address that moves` {
    /// A server that knows a session of its own.
    static func server(of user: String, _ arguments: [String] = []) async throws -> RedisServer {
        let server = try await RedisServer(arguments)
        try await server.cli("SET", "s", RecordReply.session(of: user))
        return server
    }

    @Test func `a name that leads elsewhere is followed, and one that leads nowhere is not`() async throws {
        let port = try FreePort.take()
        let first = try await Self.server(of: "u1", ["--port", "\(port)", "--bind", "127.0.0.1"])
        let second = try await Self.server(of: "u2", ["--port", "\(port)", "--bind", "127.0.0.2"])
        let (host, asked) = (NIOLockedValueBox<String?>("127.0.0.1"), TestLog())
        let names = NameService(interval: 20_000_000) { name, port, reply in
            asked.add("asked for \(name)")
            reply(host.withLockedValue { $0 }.flatMap { SocketAddress(ip: $0, port: port) }.map { [$0] } ?? [])
        }
        let configuration = try RedisConfiguration(
            to: RedisAddress(url: "redis://redis.test:\(port)"), names: names)
        let store = try await TestStore(configuration)
        #expect(try await store.lookUp("s").summary == "found u1")
        host.withLockedValue { $0 = nil }
        let count = asked.count
        for step in 1...3 { await asked.line(with: "asked for redis.test", after: count + step) }
        #expect(try await store.lookUp("s").summary == "found u1")
        #expect(!store.log.lines.contains { $0.contains("out of reach") })
        host.withLockedValue { $0 = "127.0.0.2" }
        await store.log.line(with: "leads to another address")
        #expect(try await store.lookUp("s").summary == "found u2")
        withExtendedLifetime((first, second)) {}
    }

    @Test func `a path at which another socket stands is followed`() async throws {
        let first = try await Self.server(of: "u1")
        let second = try await Self.server(of: "u2")
        let names = NameService(interval: 20_000_000) { _, _, reply in reply([]) }
        let store = try await TestStore(RedisConfiguration(to: RedisAddress(url: first.url), names: names))
        #expect(try await store.lookUp("s").summary == "found u1")
        let isMoved = unsafe rename(second.socket, first.socket) == 0
        #expect(isMoved)
        await store.log.line(with: "leads to another address")
        #expect(try await store.lookUp("s").summary == "found u2")
    }

    @Test func `a name without an address is told`() async throws {
        let names = NameService { _, _, reply in reply([]) }
        let store = try await TestStore(
            RedisConfiguration(to: RedisAddress(url: "redis://redis.test:1"), names: names))
        #expect("\(try await store.status)".contains("the host name has no address"))
    }

    private static func resolve(_ name: String) async -> [SocketAddress] {
        await withCheckedContinuation { continuation in
            NameService.system.resolve(name, 5) { addresses in continuation.resume(returning: addresses) }
        }
    }

    @Test func `the system's names are asked`() async {
        #expect(await Self.resolve("127.0.0.1") == [.ipv4(0x7F00_0001, port: 5)])
        #expect(await Self.resolve("::1") == [.ipv6(high: 0, low: 1, scope: 0, port: 5)])
        #expect(await Self.resolve("no.such.host.invalid") == [])
    }

    @Test func `a connection over TCP is probed by the system while it is silent`() async throws {
        let port = try FreePort.take()
        let server = try await Self.server(of: "u1", ["--port", "\(port)", "--bind", "127.0.0.1"])
        let store = try await TestStore(url: "redis://127.0.0.1:\(port)")
        #expect(try await store.lookUp("s").summary == "found u1")
        // Of our end: `sl local remote state queues timer:when …`; timer 02 is keepalive's. 01 is a heartbeat on its way.
        let remote = String(format: " 0100007F:%04X 01 ", port)
        var timers: [Substring] = []
        repeat {
            let lines = try await Program.run("/usr/bin/cat", ["/proc/net/tcp"]).split(separator: "\n")
            timers = lines.filter { $0.contains(remote) }.compactMap { line in
                line.split(separator: " ").dropFirst(5).first?.prefix(2)
            }
        } while timers.isEmpty || timers.contains("01")
        #expect(timers.contains("02"))
        withExtendedLifetime(server) {}
    }
}
