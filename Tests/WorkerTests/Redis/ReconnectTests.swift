import Authentication
import Fixtures
import NIOConcurrencyHelpers
import NIOCore
import Redis
import Telemetry
import Testing
import Worker

/// What a look-up finds while the connection is made anew.
@Suite(.timeLimit(.minutes(5))) struct `Redis store between two connections` {
    private static let found = FakeRedis.bulk(RecordReply.session(of: "u1"))

    @Test func `a read that a lost connection owes is asked of the next one`() async throws {
        let server = try await FakeRedis { command, connection in
            FakeRedis.manners(command) ?? (connection == 1 ? nil : Self.found)
        }
        let store = try await TestStore(url: server.url)
        #expect(try await store.lookUp(["s", "s"]).map(\.summary) == ["found u1", "found u1"])
        #expect(server.connections == 2)
    }

    @Test func `what waits for a connection that is lost as soon as it is ready is asked of the next one`() async throws
    {
        let server = try await FakeRedis { command, connection in
            guard let reply = FakeRedis.manners(command) else { return Self.found }
            // Ready by this reply, and out of step behind it, in one read.
            return command == "INFO replication" && connection == 1 ? reply + ":1\r\n" : reply
        }
        let configuration = try RedisConfiguration(to: RedisAddress(url: server.url))
        let reader = RecordReader(configuration, log: LimitedLog(TestLog().logger))
        let reply = await reader.read(RecordQuery(kind: .session, key: Array("s".utf8)))
        #expect(reply.summary == "found u1")
        await reader.stop()
    }

    @Test func `a read that breaks each connection is given up after the second`() async throws {
        let reads = NIOLockedValueBox(0)
        let server = try await FakeRedis { command, _ in
            if command == "GET s" { reads.withLockedValue { $0 += 1 } }
            return FakeRedis.manners(command)
        }
        let store = try await TestStore(url: server.url)
        #expect(try await store.lookUp("s").summary == "disconnected")
        #expect(reads.withLockedValue(\.self) == 2)
    }

    @Test func `what is asked while a connection is made waits for it`() async throws {
        // The first connection ends with the first read, the second is turned away, the third is good.
        let server = try await FakeRedis { command, connection in
            switch (connection, command) {
            case (1, "GET end"), (2, _): nil
            default: FakeRedis.manners(command) ?? Self.found
            }
        }
        let store = try await TestStore(url: server.url)
        async let ended = store.lookUp("end")
        await store.log.line(with: "out of reach")
        #expect(try await store.lookUp("s").summary == "found u1")
        _ = try await ended
        // On a busy machine one more may have been taken for dead.
        #expect(server.connections >= 3)
    }

    @Test func `a server that stays away is not waited for beyond the time of one look-up`() async throws {
        let isAway = NIOLockedValueBox(false)
        let server = try await FakeRedis { command, _ in
            if isAway.withLockedValue({ $0 }) { return nil }
            return FakeRedis.manners(command)
        }
        let store = try await TestStore(url: server.url, commandTimeout: .milliseconds(50))
        isAway.withLockedValue { $0 = true }
        for _ in 0..<2 {
            // On a busy machine its time is over before the server has hung up.
            let end = try await store.lookUp("s").summary
            #expect(end == "disconnected" || end == "timedOut")
        }
    }

    @Test func `while nothing is tracked a silent server is missed all the same`() async throws {
        let isSilent = NIOLockedValueBox(false)
        let server = try await FakeRedis { command, _ in
            isSilent.withLockedValue { $0 } ? "" : FakeRedis.manners(command)
        }
        let store = try await TestStore(url: server.url, commandTimeout: .milliseconds(20))
        isSilent.withLockedValue { $0 = true }
        await store.log.line(with: "stopped answering")
    }
}
