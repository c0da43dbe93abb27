import Authentication
import Bytes
import EventLoop
import Fixtures
import Redis
import Testing
import Worker

@Suite(.enabled(if: TellingServer.areInstalled, TellingServer.whyNot), .timeLimit(.minutes(5)))
struct `Changes told by a real redis` {
    static let on = "redis tells of changes"
    static let off = "redis does not tell of changes"
    static let session = RecordReply.session(of: "u1")

    @Test(arguments: TellingServer.all)
    func `a record that was read is told when it changes`(_ kind: TellingServer) async throws {
        let server = try await kind.start()
        try await server.cli("SET", "s", Self.session)
        let store = try await kind.store(at: server)
        #expect(try await store.lookUp("s").summary == "found u1")
        try await server.cli("DEL", "s")
        await store.changes.line(with: "record s")
        #expect(try await store.lookUp("s").summary == "missing")
        let seen = store.changes.count
        try await server.cli("SET", "s", Self.session)
        await store.changes.line(with: "record s", after: seen)
    }

    @Test(arguments: TellingServer.all)
    func `a record that is missing is told when it comes`(_ kind: TellingServer) async throws {
        let server = try await kind.start()
        let store = try await kind.store(at: server)
        #expect(try await store.lookUp("s").summary == "missing")
        try await server.cli("SET", "s", Self.session)
        await store.changes.line(with: "record s")
    }

    @Test(arguments: TellingServer.all)
    func `a record that expires is told`(_ kind: TellingServer) async throws {
        let server = try await kind.start()
        let store = try await kind.store(at: server)
        let seen = store.changes.count
        try await server.cli("SET", "s", Self.session, "PX", "200")
        await store.changes.line(with: "record s", after: seen)
        // That was the setting itself: one message. The next one is the expiry's.
        let told = try #require(store.changes.lines.dropFirst(seen).firstIndex { $0 == "record s" })
        await store.changes.line(with: "record s", after: told + 1)
        #expect(try await store.lookUp("s").summary == "missing")
    }

    @Test(arguments: TellingServer.all)
    func `it is known when a user's record ends, by the clock that a look-up is counted by`(_ kind: TellingServer)
        async throws
    {
        let server = try await kind.start()
        try await server.cli("SET", "s", RecordReply.user(at: "s"), "PX", "300000")
        try await server.cli("SET", "t", RecordReply.user(at: "t"))
        let store = try await kind.store(at: server)
        let before = Moment.steadyNanoseconds()
        let replies = try await store.lookUp(["s", "t", "gone", "s"], as: .user)
        let after = Moment.steadyNanoseconds()
        #expect(replies.map(\.summary) == ["found user, who ends", "found user", "missing", "found user, who ends"])
        for case .found(.user(let user)) in replies {
            guard let end = user.endsAt else { continue }
            // At most what the server counted; the look-up may have been asked for all the time.
            #expect(end <= after + 300_000_000_000)
            #expect(end > before + 200_000_000_000)
        }
    }

    @Test(arguments: TellingServer.all)
    func `emptying the server means that everything changed, and it is trusted again`(_ kind: TellingServer)
        async throws
    {
        let server = try await kind.start()
        let store = try await kind.store(at: server)
        let seen = store.changes.count
        try await server.cli("FLUSHALL")
        await store.changes.line(with: "everything", after: seen)
        await store.changes.line(with: "up to date", after: seen)
        let lines = store.changes.lines.dropFirst(seen)
        let flushed = try #require(lines.firstIndex(of: "everything"))
        #expect(lines[flushed...].contains("up to date"))
    }

    @Test(arguments: TellingServer.all)
    func `a feed that redis kills ends the trust; look-ups go on, and a new feed is made`(_ kind: TellingServer)
        async throws
    {
        let server = try await kind.start()
        try await server.cli("SET", "s", Self.session)
        let store = try await kind.store(at: server)
        let seen = (log: store.log.count, changes: store.changes.count)
        try await kind.kill(feed: true, at: server)
        await store.changes.line(with: "everything", after: seen.changes)
        #expect(try await store.lookUp("s").summary == "found u1")
        await store.log.line(with: Self.on, after: seen.log)
        _ = try await store.lookUp("s")
        try await server.cli("DEL", "s")
        await store.changes.line(with: "record s", after: seen.changes)
        #expect(store.log.lines.filter { $0.contains("out of reach") }.isEmpty)
    }

    @Test(arguments: TellingServer.all)
    func `a data connection that redis kills ends the trust until there is another`(_ kind: TellingServer) async throws
    {
        let server = try await kind.start()
        try await server.cli("SET", "s", Self.session)
        let store = try await kind.store(at: server)
        let seen = (log: store.log.count, changes: store.changes.count)
        try await kind.kill(feed: false, at: server)
        await store.changes.line(with: "everything", after: seen.changes)
        await store.log.line(with: Self.on, after: seen.log)
        _ = try await store.lookUp("s")
        try await server.cli("DEL", "s")
        await store.changes.line(with: "record s", after: seen.changes)
    }

    @Test(arguments: TellingServer.all)
    func `a server that falls silent is not trusted, and both connections are made anew`(_ kind: TellingServer)
        async throws
    {
        let server = try await kind.start()
        let store = try await kind.store(at: server, commandTimeout: .milliseconds(250))
        let seen = (log: store.log.count, changes: store.changes.count)
        await server.pause()
        await store.changes.line(with: "everything", after: seen.changes)
        await server.resume()
        await store.log.line(with: Self.on, after: seen.log)
    }

    @Test func `an address that leads to two servers is not trusted`() async throws {
        let server = try await FakeRedis { command, connection in
            switch command {
            case "SUBSCRIBE __redis__:invalidate":
                "*3\r\n$9\r\nsubscribe\r\n$20\r\n__redis__:invalidate\r\n:1\r\n"
            case "CLIENT TRACKINGINFO": FakeRedis.tracking(7, of: ["s", "t"])
            case "INFO server": FakeRedis.bulk("run_id:\(connection)\r\n")
            default: FakeRedis.manners(command) ?? "+OK\r\n"
            }
        }
        let store = try await TestStore(trackingChangesAt: server.url)
        await store.log.line(with: "leads to several redis servers")
        #expect(!store.changes.lines.contains("up to date"))
    }

    @Test(arguments: [
        (["+get", "+ping", "+client"], "NOPERM"), (["+get", "+ping", "+subscribe"], "NOPERM"),
        (["+get", "+ping", "+client", "+subscribe"], "refused INFO"),
        (["+get", "+ping", "+client|id", "+info", "+subscribe"], "CLIENT TRACKING"),
        (
            ["+get", "+ping", "+client|id", "+client|tracking", "+info", "+subscribe"],
            "redis refused CLIENT TRACKINGINFO: the user may not do this"
        ),
    ])
    func `where tracking is not allowed look-ups are answered all the same`(_ rights: [String], _ word: String)
        async throws
    {
        let server = try await RedisServer(["--user", "r", "on", ">pw", "~*", "&*"] + rights)
        try await server.cli("SET", "s", Self.session)
        let store = try await TestStore(trackingChangesAt: server.url.replacing("unix://", with: "unix://r:pw@"))
        await store.log.line(with: Self.off)
        #expect(store.log.lines.contains { $0.contains(word) })
        #expect(try await store.lookUp("s").summary == "found u1")
        #expect(store.changes.lines.allSatisfy { $0 == "everything" })
    }

    @Test(arguments: TellingServer.all)
    func `in a stream of look-ups and changes none is stale once its change was told`(_ kind: TellingServer)
        async throws
    {
        let server = try await kind.start()
        let store = try await kind.store(at: server)
        for round in 0..<20 {
            try await server.cli("SET", "s", RecordReply.session(of: "u\(round)"))
            let seen = store.changes.count
            #expect(try await store.lookUp("s").summary == "found u\(round)")
            try await server.cli("SET", "s", RecordReply.session(of: "v\(round)"))
            await store.changes.line(with: "record s", after: seen)
            #expect(try await store.lookUp("s").summary == "found v\(round)")
        }
    }
}
