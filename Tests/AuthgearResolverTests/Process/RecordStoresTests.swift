import Authentication
import AuthgearResolver
import Bytes
import Fixtures
import NIOCore
import Redis
import Testing
import Worker

@Suite(.timeLimit(.minutes(5))) struct RecordStoresTests {
    private static let records = """
        {"app:a:session:1": {"id":"1","app_id":"a","created_at":"2026-11-21T05:00:00Z","attrs":{"user_id":"u1"},
          "token_hash":"00"}}
        """

    /// Whose session it is; nil when it is none.
    private func user(_ reply: RecordReply) -> String? {
        guard case .found(.session(let session)) = reply else { return nil }
        return String(decoding: session.userID, as: UTF8.self)
    }

    private func isMissing(_ reply: RecordReply) -> Bool {
        if case .missing = reply { true } else { false }
    }

    private func isDisconnected(_ reply: RecordReply) -> Bool {
        if case .unavailable(.disconnected) = reply { true } else { false }
    }

    @Test func `every loop has the records of the file`() async throws {
        let records = try MemoryRecords(file: Array(Self.records.utf8).span.bytes)
        try await StoreStage.with(.memory(records)) { stage async throws in
            #expect(stage.lookUp("app:a:session:1").map(user) == ["u1", "u1"])
            #expect(stage.lookUp("app:a:session:2").allSatisfy(isMissing))
            #expect(await stage.stores.problem(asking: []) == nil)
            #expect(await stage.reports().revocationLag == .zero)
        }
    }

    @Test func `the figures are those of all loops together`() async throws {
        let records = try MemoryRecords(file: Array(Self.records.utf8).span.bytes)
        try await StoreStage.with(.memory(records)) { stage async throws in
            _ = stage.lookUp("app:a:session:1")
            _ = stage.lookUp("app:a:session:1")
            _ = stage.lookUp("app:a:session:2")
            let figures = stage.stores.figures(of: await stage.reports())
            #expect(figures[.session, .found] == 4)
            #expect(figures[.session, .missing] == 2)
        }
    }

    @Test func `without a store nothing is looked up, and nothing is amiss`() async throws {
        try await StoreStage.with(.none) { stage async throws in
            #expect(stage.lookUp("app:a:session:1").allSatisfy(isDisconnected))
            #expect(await stage.stores.problem(asking: []) == nil)
            #expect(stage.stores.figures(of: await stage.reports())[.session, .disconnected] == 0)
        }
    }

    @Test(arguments: [true, false])
    func `a Redis that is not there does not keep the process from starting, and is told of`(areCached: Bool)
        async throws
    {
        let address = try RedisAddress(url: "unix:///does/not/exist/redis.sock")
        let redis = Configuration.Redis(address: address).storeConfiguration(within: Configuration().limits)
        let lag = Duration.nanoseconds(redis.options.commandTimeout) + .milliseconds(250)
        try await StoreStage.with(.redis(redis), areCached: areCached) { stage async throws in
            try await waitUntil { await stage.stores.trial(asking: []).isTried }
            // Where no worker answers in time, that is the problem.
            try await waitUntil {
                await stage.stores.problem(asking: [])?.contains("/does/not/exist/redis.sock: no such socket") == true
            }
            #expect(await stage.reports().revocationLag == lag)
        }
    }
}
