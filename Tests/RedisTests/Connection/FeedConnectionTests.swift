import Bytes
import Fixtures
import Redis
import Testing

/// A feed whose server is the test, and whose time the test moves.
private final class Scene {
    private var state: FeedConnectionState
    /// On the steady clock, in nanoseconds.
    private var now: Int64 = 0
    /// What happened, in order: `listening 7`, `changed a b`, `closed stuck`.
    private var happened: [String] = []

    init(url: String = "unix://:pw@/r") throws {
        let options = try RedisOptions(
            address: RedisAddress(url: url), connectTimeout: .seconds(1), commandTimeout: .milliseconds(250),
            maximumPending: 100)
        state = FeedConnectionState(options, at: now)
        state.connected(at: now)
    }

    static func listening() throws -> Scene {
        let scene = try Scene()
        _ = scene.written()
        scene.receive("+OK\r\n:7\r\n$8\r\nrun_id:a\r\n")
        scene.receive("*3\r\n$9\r\nsubscribe\r\n$20\r\n__redis__:invalidate\r\n:1\r\n")
        #expect(scene.take() == ["listening 7"])
        return scene
    }

    var isOver: Bool { state.isOver }

    func written() -> [String] {
        state.writtenWords()
    }

    func receive(_ bytes: String) {
        state.receive(Array(bytes.utf8).span.bytes, at: now)
    }

    func beat() {
        state.beat(at: now)
    }

    func use(_ password: String) {
        state.use(RedisCredentials(user: nil, password: Array(password.utf8)), at: now)
    }

    /// The server ends the connection.
    func hangUp() {
        state.breakOff(at: now)
    }

    func take() -> [String] {
        var events: [FeedConnectionState.Event] = []
        state.takeEvents(into: &events)
        return events.map { event in
            switch event {
            case .listening(let id, _, _, _): "listening \(id)"
            case .changed(let keys):
                "changed " + keys.words.joined(separator: " ")
            case .everythingChanged: "everything"
            case .alive(let sent): "alive \(sent / 1_000_000)"
            case .closed(let failure): "closed \(failure)"
            }
        }
    }

    func pass(_ milliseconds: Int64) {
        now += milliseconds * 1_000_000
        if let deadline = state.deadline, deadline <= now { state.expire(at: now) }
    }
}

@Suite struct `Feed connection` {
    @Test func `password, id, server and subscription leave in one write`() throws {
        let scene = try Scene()
        #expect(scene.written() == ["AUTH pw CLIENT ID INFO server SUBSCRIBE __redis__:invalidate"])
    }

    @Test func `one that stands ends for other credentials, and not for the same`() throws {
        let scene = try Scene.listening()
        scene.use("pw")
        #expect(!scene.isOver)
        scene.use("new")
        #expect(scene.take() == ["closed renewed"])
    }

    @Test func `changes are told as they come, however they are cut`() throws {
        let scene = try Scene.listening()
        let message = "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n"
        scene.receive(message + message)
        #expect(scene.take() == ["changed a b a b"])
        for byte in message { scene.receive(String(byte)) }
        #expect(scene.take() == ["changed a b"])
        scene.receive("*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n$-1\r\n")
        #expect(scene.take() == ["everything"])
    }

    @Test func `changes stand before what came behind them`() throws {
        let scene = try Scene.listening()
        scene.beat()
        let nonce = String(scene.written().joined().dropFirst(5))
        func message(_ keys: String) -> String { "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n" + keys }
        scene.receive(message("*1\r\n$1\r\na\r\n") + message("*0\r\n"))
        scene.receive(message("*1\r\n$0\r\n\r\n") + "*2\r\n$4\r\npong\r\n" + FakeRedis.bulk(nonce))
        scene.receive(message("*1\r\n$1\r\nb\r\n") + message("$-1\r\n") + message("*1\r\n$1\r\nc\r\n"))
        scene.hangUp()
        #expect(
            scene.take() == [
                "changed a ", "alive 0", "changed b", "everything", "changed c", "closed closedByServer",
            ])
    }

    @Test(arguments: ["*1\r\n:7\r\n", "*2\r\n$1\r\na\r\n$-1\r\n", "*1\r\n*1\r\n$1\r\na\r\n", "$1\r\na\r\n"])
    func `a message that does not say what changed ends the feed`(_ keys: String) throws {
        let scene = try Scene.listening()
        scene.receive("*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n" + keys)
        #expect(scene.take() == ["closed unsolicited"])
    }

    @Test func `a heartbeat is answered with the time at which it was sent`() throws {
        let scene = try Scene.listening()
        scene.pass(100)
        scene.beat()
        let written = scene.written().joined()
        #expect(written.hasPrefix("PING "))
        scene.pass(50)
        scene.receive("*2\r\n$4\r\npong\r\n" + FakeRedis.bulk(String(written.dropFirst(5))))
        #expect(scene.take() == ["alive 100"])
    }

    @Test func `a heartbeat that is not answered closes the connection`() throws {
        let scene = try Scene.listening()
        scene.beat()
        scene.pass(499)
        scene.beat()
        #expect(scene.take() == [])
        scene.pass(1)
        scene.beat()
        #expect(scene.take() == ["closed stuck"])
        #expect(scene.isOver)
        scene.beat()
        #expect(scene.take() == [])
    }

    @Test func `a set-up that is not answered is given up`() throws {
        let scene = try Scene()
        scene.receive("+OK\r\n")
        scene.pass(999)
        #expect(scene.take() == [])
        scene.pass(1)
        #expect(scene.take() == ["closed silent"])
    }

    @Test func `once it listens the set-up's deadline is past`() throws {
        let scene = try Scene.listening()
        scene.pass(10_000)
        #expect(scene.take() == [])
        #expect(!scene.isOver)
    }

    @Test(arguments: [
        ("-NOPERM no\r\n", "closed refused(Redis.SetUpCommand.Name.auth, Redis.RedisErrorCode.noPermission)"),
        ("+OK\r\n-ERR no\r\n", "closed refused(Redis.SetUpCommand.Name.clientID, Redis.RedisErrorCode.generic)"),
        ("+OK\r\n+OK\r\n", "closed unsolicited"),
        ("?\r\n", "closed nonsense(Redis.ReplyError.malformed)"),
    ])
    func `a set-up that fails closes the connection`(_ reply: String, _ event: String) throws {
        let scene = try Scene()
        scene.receive(reply)
        #expect(scene.take() == [event])
        #expect(scene.isOver)
    }

    @Test(arguments: ["+OK\r\n", ":1\r\n", "-ERR x\r\n", "$1\r\nx\r\n", "*2\r\n$4\r\npong\r\n$0\r\n\r\n"])
    func `what nobody asked for closes the connection`(_ bytes: String) throws {
        let scene = try Scene.listening()
        scene.receive(bytes)
        #expect(scene.take() == ["closed unsolicited"])
    }

    @Test func `a server that hangs up is told`() throws {
        let scene = try Scene.listening()
        scene.hangUp()
        #expect(scene.take() == ["closed closedByServer"])
    }
}
