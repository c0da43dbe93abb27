import Authentication
import Fixtures
import Redis
import Testing
import Worker

@Suite(.enabled(if: RedisServer.isInstalled, RedisServer.whyNot), .timeLimit(.minutes(5)))
struct `Redis by Sentinels` {
    static let on = "redis tells of changes"
    static let off = "redis does not tell of changes"

    /// Two servers with a session of their own, and three Sentinels that call the first one the primary.
    struct Place {
        let ports: [UInt16]
        let servers: [RedisServer]
        let sentinels: [StandInSentinel]

        init(_ word: (UInt16) -> StandInSentinel.Word = { StandInSentinel.Word(primary: $0) }) async throws {
            var (ports, servers, sentinels): ([UInt16], [RedisServer], [StandInSentinel]) = ([], [], [])
            for user in ["u1", "u2"] {
                let port = try FreePort.take()
                let server = try await RedisServer(["--port", "\(port)", "--bind", "127.0.0.1"])
                try await server.cli("SET", "s", RecordReply.session(of: user))
                ports.append(port)
                servers.append(server)
            }
            for number in 0..<3 { sentinels.append(try await StandInSentinel(number, word(ports[0]))) }
            (self.ports, self.servers, self.sentinels) = (ports, servers, sentinels)
        }

        func url(_ count: Int = 3) -> String {
            "redis-sentinel://\(sentinels.prefix(count).map { "127.0.0.1:\($0.port)" }.joined(separator: ","))/mymaster"
        }

        func store(_ count: Int = 3, tracksChanges: Bool = true) async throws -> TestStore {
            let configuration = try RedisConfiguration(
                to: RedisAddress(url: url(count)), commandTimeout: .seconds(5), trackedPrefixes: ["s"])
            return try await TestStore(configuration, tracksChanges: tracksChanges)
        }

        /// Tells of a failover to the second server.
        func fail(_ sentinels: Range<Int>) {
            for index in sentinels { self.sentinels[index].say { ($0.primary, $0.epoch) = (ports[1], 2) } }
        }
    }

    @Test func `the server that the Sentinels name is read, and kept in memory`() async throws {
        let place = try await Place()
        let store = try await place.store()
        #expect(try await store.lookUp("s").summary == "found u1")
        await store.log.line(with: Self.on)
        #expect(try await store.status == .reachable)
        #expect(try await store.revocationLag == .seconds(5) + .milliseconds(800))
        let view = try #require(try await store.primaryView)
        #expect(view.choice == .majority(NodeAddress(host: "127.0.0.1", port: Int(place.ports[0]))))
        try await store.stop()
    }

    @Test func `one that tells of a later failover ends the trust, and the majority moves the connections`()
        async throws
    {
        let place = try await Place()
        let store = try await place.store()
        await store.log.line(with: Self.on)
        let seen = store.log.count
        place.fail(2..<3)
        await store.log.line(with: Self.off, after: seen)
        #expect(try await store.lookUp("s").summary == "found u1")
        place.fail(0..<3)
        await store.log.line(with: Self.on, after: seen)
        #expect(try await store.lookUp("s").summary == "found u2")
        #expect(store.log.lines.contains { $0.contains("the Sentinels call another server the primary") })
    }

    @Test func `without a majority records are read, and nothing is kept`() async throws {
        let place = try await Place()
        for index in 1...2 { place.sentinels[index].say { $0.isAway = true } }
        let store = try await place.store()
        #expect(try await store.lookUp("s").summary == "found u1")
        #expect(try await store.primaryView?.problem?.contains("no majority of the 3 Sentinels of mymaster") == true)
        #expect(!store.log.lines.contains { $0.contains(Self.on) && !$0.contains(Self.off) })
        place.sentinels[1].say { $0.isAway = false }
        await store.log.line(with: Self.on)
        #expect(try await store.primaryView?.problem == nil)
        let seen = store.log.count
        place.sentinels[1].say { $0.isAway = true }
        await store.log.line(with: Self.off, after: seen)
        #expect(try await store.lookUp("s").summary == "found u1")
    }

    @Test func `the list grows by those that a Sentinel knows`() async throws {
        let place = try await Place()
        let peers = place.sentinels.dropFirst().enumerated().map { ($0.offset + 1, $0.element.port) }
        place.sentinels[0].say { $0.peers = peers }
        let store = try await place.store(1)
        await store.log.line(with: Self.on)
        let view = try #require(try await store.primaryView)
        #expect(view.known == 3 && view.rows.count == 3)
    }

    @Test func `no Sentinel, none that knows the name, and a primary that denies being one are three reasons`()
        async throws
    {
        let place = try await Place()
        for sentinel in place.sentinels { sentinel.say { $0.primary = nil } }
        let store = try await place.store()
        #expect("\(try await store.status)".contains("none of the Sentinels knows mymaster"))
        #expect(try await store.lookUp("s").summary == "disconnected")
        try await place.servers[0].cli("REPLICAOF", "127.0.0.1", "\(place.ports[1])")
        for sentinel in place.sentinels { sentinel.say { $0.primary = place.ports[0] } }
        await store.log.line(with: "and it says itself that it is none")
        #expect(try await store.lookUp("s").summary == "notPrimary")
        let nobody = try FreePort.take()
        let other = try await TestStore(
            RedisConfiguration(to: RedisAddress(url: "redis-sentinel://127.0.0.1:\(nobody)/mymaster")))
        let reason = "none of the Sentinels of mymaster can be reached: 127.0.0.1:\(nobody): connection refused"
        #expect("\(try await other.status)".contains(reason))
    }
}
