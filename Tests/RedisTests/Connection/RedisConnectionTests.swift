import Authentication
import Fixtures
import Logging
import Redis
import Telemetry
import Testing
import Worker

private typealias Scene = ConnectionScene

private func found(_ key: String) -> String { ConnectionScene.found(key) }

@Suite struct `Redis connection` {
    @Test func `password, database, PING and a first round of questions leave in one write`() throws {
        let scene = try Scene(url: "unix://user:pass@/r?db=3")
        let written = scene.written()
        #expect(written.count == 1)
        let words = written.joined().split(separator: " ").map(String.init)
        #expect(words.count == 14)
        let nonce = words[7]
        let round = "PING \(nonce) CLIENT ID INFO server INFO replication"
        #expect(written == ["AUTH user pass SELECT 3 PING \(round)"])
        scene.receive("+OK\r\n+OK\r\n+PONG\r\n")
        #expect(scene.take() == [])
        scene.receive(Scene.proof(of: nonce))
        #expect(scene.take() == ["ready"])
    }

    @Test(arguments: ["-NOPERM no", "-ERR unknown command 'PING'"])
    func `who may not PING reads, and keeps nothing`(error: String) throws {
        let scene = try Scene(url: "unix:///r")
        _ = scene.written()
        scene.receive(
            "\(error)\r\n\(error)\r\n:7\r\n\(FakeRedis.bulk("run_id:a\r\n"))\(FakeRedis.bulk("role:master\r\n"))")
        #expect(scene.take() == ["ready"])
        scene.ask("a")
        scene.receive(found("a"))
        #expect(scene.take() == ["a found u1"])
    }

    @Test func `a value is as long as it may be, and the next one is read all the same`() throws {
        let scene = try Scene(maximumValueBytes: 400)
        scene.receive("+PONG\r\n" + Scene.proof(of: scene.nonces()[0]))
        for key in ["a", "b", "c"] { scene.ask(key) }
        scene.receive("$401\r\n\(String(repeating: "x", count: 401))\r\n" + found("b") + found("c"))
        #expect(scene.take() == ["ready", "a unreadable tooLarge", "b found u1", "c found u1"])
    }

    @Test func `what a server says of itself is read, however little a value may have`() throws {
        let scene = try Scene(maximumValueBytes: 64)
        let info = "role:slave\r\n" + String(repeating: "x:y\r\n", count: 100)
        let answers =
            FakeRedis.bulk(scene.nonces()[0]) + ":7\r\n" + FakeRedis.bulk("run_id:a\r\n") + FakeRedis.bulk(info)
        scene.receive("+PONG\r\n" + answers)
        #expect(scene.isOver && !scene.take().contains("ready"))
    }

    @Test func `a server that does not answer yet is not read`() throws {
        let scene = try Scene(url: "unix:///r")
        scene.receive("-LOADING wait\r\n")
        #expect(scene.isOver)
    }

    @Test func `other credentials are told on the connection that stands, which goes on whatever the server says`()
        throws
    {
        let scene = try Scene.ready()
        scene.ask("a")
        scene.use("new")
        scene.ask("b")
        #expect(scene.written() == ["GET a AUTH new GET b"])
        scene.receive(found("a") + "+OK\r\n" + found("b"))
        #expect(scene.take() == ["a found u1", "b found u1", "authenticated"])
        scene.use("wrong")
        scene.receive("-WRONGPASS no\r\n")
        #expect(scene.take() == ["authenticated wrongPassword"])
        #expect(!scene.isOver)
    }

    @Test func `those that come before the connection stands are the ones that it begins with`() throws {
        let options = try RedisOptions(
            address: RedisAddress(url: "unix://:old@/r"), connectTimeout: .seconds(1), commandTimeout: .seconds(1),
            maximumPending: 1)
        var state = RecordConnection(options, mismatches: MismatchQuota(), at: 0)
        state.use(RedisCredentials(user: Array("u".utf8), password: Array("new".utf8)), at: 0)
        state.connected(at: 0)
        #expect(state.writtenWords().joined().hasPrefix("AUTH u new PING PING "))
    }

    @Test func `each heartbeat is a round with a nonce of its own, also while the last one is unanswered`() throws {
        let scene = try Scene.ready()
        scene.beat()
        scene.beat()
        let first = scene.nonces()
        #expect(first.count == 2 && first[0] != first[1])
        for nonce in first { scene.receive(Scene.proof(of: nonce)) }
        scene.beat()
        #expect(scene.nonces().count == 1)
        #expect(scene.take() == [])
    }

    @Test(arguments: [("slave", "replica"), ("sentinel", "otherRole")])
    func `a server that is no primary is closed before anything is asked of it`(_ role: String, _ failure: String)
        throws
    {
        let scene = try Scene()
        scene.receive("+PONG\r\n" + Scene.proof(of: scene.nonces()[0], role: role))
        #expect(scene.take() == ["closed unproven(Redis.ProofFailure.\(failure))"])
        #expect(scene.isOver)
    }

    @Test func `a primary that is demoted is left, and what waits is not its to answer`() throws {
        let scene = try Scene.ready()
        scene.beat()
        scene.ask("a")
        scene.receive(Scene.proof(of: scene.nonces()[0], role: "slave") + found("a"))
        #expect(scene.take() == ["a notPrimary", "closed unproven(Redis.ProofFailure.replica)"])
    }

    @Test func `replies that are one off are noticed by the heartbeat, and what waits is unknown`() throws {
        let scene = try Scene.ready()
        scene.ask("a")
        scene.ask("b")
        scene.beat()
        scene.ask("c")
        // The reply to `a` is lost: all that follow are taken for another's.
        scene.receive("$-1\r\n" + Scene.proof(of: scene.nonces()[0]))
        #expect(
            scene.take() == [
                "b unreadable notJSON", "c notPrimary", "a notPrimary",
                "closed unproven(Redis.ProofFailure.outOfStep)",
            ])
    }

    @Test func `a server that forbids the questions is read all the same`() throws {
        let scene = try Scene()
        scene.receive("+PONG\r\n" + String(repeating: "-NOPERM no\r\n", count: 4))
        #expect(scene.take() == ["ready"])
        scene.ask("a")
        scene.receive(found("a"))
        #expect(scene.take() == ["a found u1"])
    }

    @Test(arguments: [
        ("-WRONGPASS no\r\n", "closed refused(Redis.SetUpCommand.Name.auth, Redis.RedisErrorCode.wrongPassword)"),
        ("+OK\r\n-ERR no\r\n", "closed refused(Redis.SetUpCommand.Name.select, Redis.RedisErrorCode.generic)"),
        (
            "+OK\r\n+OK\r\n-LOADING\r\n",
            "closed refused(Redis.SetUpCommand.Name.ping, Redis.RedisErrorCode.loading)"
        ),
        ("HTTP/1.1 400 Bad Request\r\n", "closed nonsense(Redis.ReplyError.malformed)"),
    ])
    func `a set-up that fails closes the connection`(_ reply: String, _ event: String) throws {
        let scene = try Scene(url: "unix://user:pass@/r?db=3")
        scene.receive(reply)
        #expect(scene.take() == [event])
        #expect(scene.isOver)
    }

    @Test func `a server that does not answer the set-up is given up`() throws {
        let scene = try Scene()
        scene.pass(999)
        #expect(scene.take() == [])
        scene.pass(1)
        #expect(scene.take() == ["closed silent"])
    }

    @Test func `a server that hangs up during the set-up may want TLS`() throws {
        let scene = try Scene()
        scene.hangUp()
        #expect(scene.take() == ["closed turnedAway"])
    }

    @Test func `what is asked in one turn of the loop leaves in one write`() throws {
        let scene = try Scene.ready()
        for key in ["a", "b", "c"] { scene.ask(key) }
        #expect(scene.written() == ["GET a GET b GET c"])
        scene.ask("d")
        #expect(scene.written() == ["GET d"])
    }

    @Test func `what the replies of one read ask leaves in one write`() throws {
        let scene = try Scene.ready()
        scene.ask("a") { scene.ask("a2") }
        scene.ask("b") { scene.ask("b2") }
        _ = scene.written()
        scene.receive(found("a") + found("b"))
        #expect(scene.written() == ["GET a2 GET b2"])
        #expect(scene.take() == ["a found u1", "b found u1"])
        scene.receive(found("a2") + found("b2"))
        #expect(scene.take() == ["a2 found u1", "b2 found u1"])
    }

    @Test func `every kind of reply has its meaning`() throws {
        let scene = try Scene.ready()
        for key in ["a", "b", "c", "d", "e", "f", "g"] { scene.ask(key) }
        scene.receive(found("a") + "$-1\r\n$2\r\n[]\r\n-WRONGTYPE x\r\n:1\r\n+OK\r\n*1\r\n$1\r\nx\r\n")
        #expect(
            scene.take() == [
                "a found u1", "c unreadable notJSON", "d refused", "e refused", "f refused", "g refused",
            ])
        scene.prove()
        #expect(scene.take() == ["b missing"])
        #expect(!scene.isOver)
    }

    @Test func `a reply that comes in halves is one reply`() throws {
        let scene = try Scene.ready()
        scene.ask("a")
        let found = found("a")
        let half = found.index(found.startIndex, offsetBy: 20)
        scene.receive(String(found[..<half]))
        #expect(scene.take() == [])
        scene.receive(String(found[half...]))
        #expect(scene.take() == ["a found u1"])
    }

    @Test func `figures count look-ups and the time of their round trips`() throws {
        let scene = try Scene.ready()
        for key in ["a", "b"] { scene.ask(key) }
        scene.receive(found("a"))
        #expect(scene.take() == ["a found u1"])
        #expect(scene.journal.figures[.session, .found] == 1)
        #expect(scene.journal.figures.durations.counts.reduce(0, +) == 1)
    }

    @Test func `a late reply is dropped, and the connection serves on`() throws {
        let scene = try Scene.ready()
        scene.ask("a")
        scene.pass(249)
        #expect(scene.take() == [])
        scene.pass(1)
        #expect(scene.take() == ["a timedOut"])
        scene.ask("b")
        scene.receive("$-1\r\n" + found("b"))
        #expect(scene.take() == ["b found u1"])
        scene.pass(10_000)
        #expect(scene.take() == [])
    }

    @Test func `each command has its own deadline, under one timer`() throws {
        let scene = try Scene.ready()
        scene.ask("a")
        scene.pass(100)
        scene.ask("b")
        scene.pass(100)
        scene.receive(found("a"))
        scene.ask("c")
        #expect(scene.take() == ["a found u1"])
        scene.pass(149)
        #expect(scene.take() == [])
        scene.pass(1)
        #expect(scene.take() == ["b timedOut"])
        scene.pass(99)
        #expect(scene.take() == [])
        scene.pass(1)
        #expect(scene.take() == ["c timedOut"])
    }

    @Test func `a command's time is its own, also behind one that timed out`() throws {
        let scene = try Scene.ready()
        scene.ask("a")
        scene.pass(250)
        #expect(scene.take() == ["a timedOut"])
        scene.pass(2)
        scene.ask("b")
        scene.pass(247)
        scene.receive("$-1\r\n")
        #expect(scene.take() == [])
        scene.pass(3)
        #expect(scene.take() == ["b timedOut"])
    }

    @Test func `a server that falls silent is given up after twice the time-out`() throws {
        let scene = try Scene.ready()
        scene.ask("a")
        scene.pass(300)
        scene.ask("b")
        #expect(scene.take() == ["a timedOut"])
        scene.pass(200)
        #expect(scene.take() == ["b disconnected", "closed stuck"])
        scene.ask("c")
        #expect(scene.take() == ["c disconnected"])
    }

    @Test func `a lost connection fails what waits`() throws {
        let scene = try Scene.ready()
        scene.ask("a")
        scene.hangUp()
        #expect(scene.take() == ["a disconnected", "closed closedByServer"])
        scene.pass(10_000)
        #expect(scene.take() == [])
    }

    @Test(
        arguments: [
            ("?\r\n", "nonsense(Redis.ReplyError.malformed)"),
            (
                "$1073741824\r\n" + String(repeating: "x", count: (1 << 20) + 100),
                "nonsense(Redis.ReplyError.tooLarge)"
            ),
            (found("a") + "$-1\r\n", "unsolicited"),
        ].map { (LongText($0), $1) })
    func `nonsense closes the connection`(_ bytes: LongText, _ failure: String) throws {
        let scene = try Scene.ready()
        scene.ask("a")
        scene.receive(bytes.text)
        #expect(["a refused", "a found u1"].contains(scene.happened.first))
        #expect(scene.take().last == "closed \(failure)")
        #expect(scene.isOver)
    }

    @Test func `what is asked while nonsense is being refused fails at once`() throws {
        let scene = try Scene.ready()
        scene.ask("a") { scene.ask("b") }
        scene.receive("?\r\n")
        #expect(scene.take() == ["a refused", "b disconnected", "closed nonsense(Redis.ReplyError.malformed)"])
    }

    @Test func `a connection can be closed by a reply`() throws {
        let scene = try Scene.ready()
        scene.ask("a") { scene.close(because: .stopped) }
        scene.ask("b")
        scene.receive(found("a"))
        #expect(scene.take() == ["a found u1", "b disconnected", "closed stopped"])
    }

    @Test func `too many look-ups are turned away`() throws {
        let scene = try Scene.ready(maximumPending: 2)
        for key in ["a", "b", "c"] { scene.ask(key) }
        #expect(scene.take() == ["c overloaded"])
        scene.receive(found("a") + found("b"))
        scene.ask("d")
        #expect(scene.take() == ["a found u1", "b found u1"])
    }

    @Test func `trouble is logged once a minute, without keys or values`() throws {
        let scene = try Scene.ready()
        for _ in 0..<5 {
            scene.ask("secret-key")
            scene.receive("$12\r\nsecret-value\r\n")
        }
        #expect(
            scene.log.lines == [
                "warning a record could not be had from the session store "
                    + "address=unix:/r reason=the record is not one JSON object record=session"
            ])
        scene.pass(60_000)
        scene.ask("secret-key")
        scene.receive("$12\r\nsecret-value\r\n")
        #expect(scene.log.lines.count == 2)
        #expect(scene.log.lines.last?.contains("left_out=4") == true)
        #expect(!scene.log.lines.joined().contains("secret"))
    }

    @Test func `replies that are out of step are told to nobody, and close the connection`() throws {
        let scene = try Scene.ready()
        for key in ["a", "b", "c"] { scene.ask(key) }
        scene.receive(found("b") + found("c") + "$-1\r\n")
        #expect(scene.take() == ["a unreadable mismatched", "b disconnected", "c disconnected", "closed mixedUp"])
        #expect(scene.isOver)
        #expect(scene.journal.figures[.session, .mismatched] == 1)
    }
}
