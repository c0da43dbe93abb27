import Authentication
import Fixtures
import NIOConcurrencyHelpers
import Redis
import Telemetry
import Testing
import Worker

/// Users and passwords that come from files (contract section 7).
@Suite(.enabled(if: RedisServer.isInstalled, RedisServer.whyNot), .timeLimit(.minutes(5)))
struct `Redis' credentials from files` {
    /// A server with users that have a session to read, and what a file says of who we are.
    private struct Place {
        let server: RedisServer
        let word = NIOLockedValueBox<StoreCredentials?>(nil)

        init() async throws {
            server = try await RedisServer()
            try await server.cli("SET", "s", RecordReply.session(of: "u1"))
            for user in ["one", "two"] { try await allow(user) }
            write("one")
        }

        func allow(_ user: String) async throws {
            try await server.cli("ACL", "SETUSER", user, "on", ">of-\(user)", "~*", "&*", "+@all")
        }

        /// - Parameter user: nil: the file can't be read.
        func write(_ user: String?) {
            let credentials = user.map { user in
                RedisCredentials(user: Array(user.utf8), password: Array("of-\(user)".utf8))
            }
            word.withLockedValue { $0 = credentials.map { StoreCredentials(servers: $0) } }
        }

        struct Unreadable: Error {}

        /// It is told of what the file held long ago.
        func store(_ version: RESPVersion = .any) async throws -> TestStore {
            let address = try RedisAddress(url: server.url.replacing("unix://", with: "unix://old:of-old@"))
            var configuration = RedisConfiguration(to: address, trackedPrefixes: ["s"])
            configuration.version = version
            configuration.credentialFiles = CredentialFiles { [word] in
                guard let credentials = word.withLockedValue(\.self) else { throw Unreadable() }
                return credentials
            }
            return try await TestStore(configuration, tracksChanges: true)
        }

        /// Each connection of ours, by its number and its user.
        func clients() async throws -> [Int: String] {
            let ours = try await server.clients().filter { $0["user"] != "default" }
            return Dictionary(uniqueKeysWithValues: ours.map { (Int($0["id"] ?? "") ?? 0, $0["user"] ?? "") })
        }
    }

    @Test func `they are read for each connection`() async throws {
        let place = try await Place()
        let store = try await place.store()
        await store.log.line(with: "redis tells of changes")
        #expect(Set(try await place.clients().values) == ["one"])
        place.write("two")
        let seen = store.log.count
        try await place.server.cli("CLIENT", "KILL", "USER", "one")
        await store.log.line(with: "redis tells of changes", after: seen)
        #expect(Set(try await place.clients().values) == ["two"])
        #expect(try await store.lookUp("s").summary == "found u1")
        try await store.stop()
    }

    @Test(arguments: [RESPVersion.second, .third])
    func `connections that stand go on as another user, but for a subscription`(_ version: RESPVersion) async throws {
        let place = try await Place()
        let store = try await place.store(version)
        await store.log.line(with: "redis tells of changes")
        let before = try await place.clients()
        place.write("two")
        try await store.adopt(try #require(place.word.withLockedValue(\.self)))
        await store.log.line(with: "redis takes the user and the password that the files hold")
        while try await place.clients().values.contains("one") { _ = try await store.lookUp("s") }
        let after = try await place.clients()
        #expect(before.keys.contains { after[$0] == "two" }, "the one that is asked stays")
        #expect(after.keys.contains { before[$0] == nil } == (version == .second), "the one that subscribed is another")
        while try await store.isTrusted == false { _ = try await store.lookUp("s") }
        #expect(try await store.lookUp("s").summary == "found u1")
        #expect(!store.log.lines.contains { $0.contains("out of reach") || $0.contains("does not tell") })
        try await store.stop()
    }

    @Test func `those that the server refuses leave the connections as they are`() async throws {
        let place = try await Place()
        let store = try await place.store()
        await store.log.line(with: "redis tells of changes")
        let before = try await place.clients()
        let strange = RedisCredentials(user: Array("three".utf8), password: Array("of-three".utf8))
        try await store.adopt(StoreCredentials(servers: strange))
        await store.log.line(with: "its connections go on with those of before")
        #expect(try await place.clients() == before)
        #expect(try await store.lookUp("s").summary == "found u1")
        #expect(!store.log.lines.joined().contains("of-three"))
        try await store.stop()
    }

    @Test func `those of a store that was moved away from are told to nobody`() async throws {
        let place = try await Place()
        let store = try await place.store()
        await store.log.line(with: "redis tells of changes")
        let before = try await place.clients()
        let two = RedisCredentials(user: Array("two".utf8), password: Array("of-two".utf8))
        try await store.adopt(StoreCredentials(servers: two), of: RedisAddress(url: "redis://elsewhere/0"))
        // Behind the answer to what was told, had it been.
        for _ in 0..<10 { #expect(try await store.lookUp("s").summary == "found u1") }
        #expect(try await place.clients() == before)
        try await store.stop()
    }

    @Test func `a file that can't be read leaves what was read before`() async throws {
        let place = try await Place()
        try await place.allow("old")
        place.write(nil)
        let store = try await place.store()
        #expect(try await store.lookUp("s").summary == "found u1")
        #expect(Set(try await place.clients().values) == ["old"])
        try await store.stop()
    }
}
