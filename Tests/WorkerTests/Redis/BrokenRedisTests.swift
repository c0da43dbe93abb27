import Authentication
import Fixtures
import NIOCore
import Redis
import Testing
import Worker

@Suite(.timeLimit(.minutes(5))) struct `Redis store with a broken redis` {
    @Test(
        arguments: [
            ("-OOM command not allowed when used memory > 'maxmemory'.\r\n", "refused", "OOM"),
            ("-LOADING Redis is loading the dataset in memory\r\n", "refused", "LOADING"),
            ("-MOVED 1 127.0.0.1:1\r\n", "refused", "MOVED"),
            ("-NOAUTH Authentication required.\r\n", "refused", "NOAUTH"),
            ("-whatever\r\n", "refused", "it answered with an error"),
            (":1\r\n", "refused", "a reply of another type"),
            ("*2\r\n$1\r\na\r\n$1\r\nb\r\n", "refused", "a reply of another type"),
            ("$9\r\nnot JSON!\r\n", "unreadable notJSON", "not one JSON object"),
            (
                "$1048577\r\n" + String(repeating: "x", count: 1_048_577) + "\r\n", "unreadable tooLarge",
                "than limits.record_bytes"
            ),
        ].map { (LongText($0), $1, $2) })
    func `a wrong answer is no reason to hang up`(_ reply: LongText, _ summary: String, _ word: String) async throws {
        let server = try await FakeRedis.answering(reply.text)
        let store = try await TestStore(url: server.url, logInterval: .seconds(60))
        #expect(try await store.lookUp(["k", "l"]).map(\.summary) == [summary, summary])
        for _ in 0..<3 { #expect(try await store.lookUp("k").summary == summary) }
        #expect(store.log.lines.filter { $0.contains(word) }.count == 1)
        #expect(server.connections == 1)
    }

    @Test(
        arguments: [
            ("HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak the redis protocol"),
            ("$1073741824\r\n" + String(repeating: "x", count: 1_100_000), "larger than is allowed"),
            ("*2147483647\r\n", "larger than is allowed"),
            ("$1\r\na\r\n$1\r\nb\r\n", "nobody asked for|out of step"),
            (String(repeating: "*1\r\n", count: 9), "does not speak the redis protocol"),
        ].map { (LongText($0), $1) })
    func `nonsense is refused, the connection closed, and a new one made`(_ reply: LongText, _ reason: String)
        async throws
    {
        let server = try await FakeRedis.answering(reply.text)
        let store = try await TestStore(url: server.url)
        let seen = store.log.count
        #expect(["refused", "unreadable notJSON"].contains(try await store.lookUp("k").summary))
        await store.log.line(with: "out of reach")
        let said = try #require(store.log.lines.first { $0.contains("out of reach") })
        // Whether the second of two replies comes in a heartbeat's place is a matter of moments.
        #expect(reason.split(separator: "|").contains { said.contains($0) })
        await store.log.line(with: "is reachable", after: seen)
        #expect(server.connections >= 2)
    }

    @Test func `another record than was asked for is told, and costs one connection a minute for each key`()
        async throws
    {
        let record = RecordReply.session(of: "u1", at: "x")
        let server = try await FakeRedis.answering("$\(record.utf8.count)\r\n\(record)\r\n")
        let store = try await TestStore(url: server.url)
        let seen = store.log.count
        #expect(try await store.lookUp("k").summary == "unreadable mismatched")
        await store.log.line(with: "gave another record than was asked for")
        await store.log.line(with: "is reachable", after: seen)
        for _ in 0..<3 { #expect(try await store.lookUp("k").summary == "unreadable mismatched") }
        #expect(server.connections == 2)
        #expect(try await store.lookUp("x").summary == "found u1")
        #expect(store.log.lines.contains { $0.contains("it has another id") })
    }

    @Test func `a reply in halves, or none, times out`() async throws {
        let server = try await FakeRedis.answering("$100\r\nhalf")
        let store = try await TestStore(url: server.url, commandTimeout: .milliseconds(20))
        #expect(try await store.lookUp("k").summary == "timedOut")
        await store.log.line(with: "stopped answering")
    }

    @Test func `a server that hangs up after each command is told once, and not hammered`() async throws {
        let server = try await FakeRedis.answering(nil)
        let store = try await TestStore(url: server.url)
        #expect(try await store.lookUp("k").summary == "disconnected")
        await store.log.line(with: "closed the connection")
    }

    @Test(arguments: [
        ("-WRONGPASS invalid\r\n", "refused AUTH: user or password is wrong, or the user is off (WRONGPASS)"),
        ("-ERR AUTH <password> called without any password\r\n", "refused AUTH: it has no password set"),
        ("-DENIED Redis is running in protected mode\r\n", "refused AUTH: it is in protected mode"),
        ("-ERR max number of clients reached\r\n", "refused AUTH: it has as many clients as its maxclients"),
        ("$nonsense", "did not answer within connect_timeout"),
        ("nonsense\r\n", "does not speak the redis protocol"),
    ])
    func `what the set-up met is said without the password`(_ reply: String, _ reason: String) async throws {
        let server = try await FakeRedis { _, _ in reply }
        let address = try RedisAddress(url: server.url.replacing("unix://", with: "unix://user:secret@"))
        let patience = Duration.milliseconds(reason.contains("connect_timeout") ? 50 : 5000)
        let configuration = RedisConfiguration(to: address, connectTimeout: patience)
        let store = try await TestStore(configuration)
        guard case .unreachable(let said) = try await store.status else {
            Issue.record("it is reachable")
            return
        }
        #expect(said.contains(reason))
        #expect(try await store.lookUp("k").summary == "disconnected")
        #expect(!store.log.lines.joined().contains("secret") && !said.contains("secret"))
    }

    @Test(arguments: [
        ("redis://127.0.0.1:{}", "cannot reach redis at 127.0.0.1:{}: connection refused"),
        ("unix:///nowhere/redis.sock", "cannot reach redis at unix:/nowhere/redis.sock: no such socket"),
    ])
    func `a server that can't be reached is told why`(_ url: String, _ reason: String) async throws {
        let port = String(try FreePort.take())
        let store = try await TestStore(url: url.replacing("{}", with: port))
        #expect(try await store.status == .unreachable(reason: reason.replacing("{}", with: port)))
        let replies = try await store.lookUp(["a", "b"])
        #expect(replies.map(\.summary) == ["disconnected", "disconnected"])
        #expect(store.log.lines.filter { $0.contains("out of reach") }.count == 1)
    }

    @Test func `what waits when the store is stopped fails, and so does what comes later`() async throws {
        let server = try await FakeRedis.answering("")
        let store = try await TestStore(url: server.url)
        async let waiting = store.lookUp("k")
        try await store.stop()
        #expect(try await waiting.summary == "disconnected")
        #expect(try await store.lookUp("k").summary == "disconnected")
    }
}
