import Bytes
import Fixtures
import Redis
import Testing

/// A feed that tells by itself, whose server is the test, and whose time the test moves.
private final class Scene {
    private var state: PushConnectionState
    /// On the steady clock, in nanoseconds.
    private(set) var now: Int64 = 0

    init(url: String = "unix://:pw@/r") throws {
        let options = try RedisOptions(
            address: RedisAddress(url: url), connectTimeout: .seconds(1), commandTimeout: .milliseconds(250),
            maximumPending: 100, trackedPrefixes: ["a:", "b:"])
        state = PushConnectionState(options, at: now)
        state.connected(at: now)
    }

    static let hello = "%2\r\n" + FakeRedis.bulk("proto") + ":3\r\n" + FakeRedis.bulk("id") + ":7\r\n"

    static func listening() throws -> Scene {
        let scene = try Scene()
        let nonce = scene.setUp()
        scene.receive(proof(of: nonce))
        #expect(scene.take() == ["listening 7 itself"])
        return scene
    }

    /// Answers the set-up; gives the nonce of the first round.
    func setUp() -> String {
        _ = written()
        receive("+OK\r\n" + Self.hello + ":7\r\n" + FakeRedis.bulk("run_id:a\r\n") + "+OK\r\n")
        #expect(take() == [], "nothing is believed yet")
        return writtenNonce()
    }

    /// What a primary answers to a round of questions.
    static func proof(
        of nonce: String, client: Int = 7, flags: String = "~2\r\n+on\r\n+bcast\r\n", server: String = "a",
        role: String = "master"
    ) -> String {
        let prefixes = "*2\r\n" + FakeRedis.bulk("a:") + FakeRedis.bulk("b:")
        let tracking =
            "%3\r\n" + FakeRedis.bulk("flags") + flags + FakeRedis.bulk("redirect") + ":0\r\n"
            + FakeRedis.bulk("prefixes") + prefixes
        return FakeRedis.bulk(nonce) + ":\(client)\r\n" + tracking + "=14\r\ntxt:run_id:\(server)\r\n\r\n"
            + FakeRedis.bulk("role:\(role)\r\n")
    }

    var isOver: Bool { state.isOver }
    var isListening: Bool { state.isReady }

    func written() -> [String] { state.writtenWords() }

    func receive(_ bytes: String) { state.receive(Array(bytes.utf8).span.bytes, at: now) }

    func use(_ password: String) {
        state.use(RedisCredentials(user: nil, password: Array(password.utf8)), at: now)
    }

    /// Sends a heartbeat; gives its nonce.
    func beat() -> String {
        state.beat(at: now)
        return writtenNonce()
    }

    private func writtenNonce() -> String {
        let words = written().joined().split(separator: " ").map(String.init)
        return words.firstIndex(of: "PING").map { words[$0 + 1] } ?? ""
    }

    func pass(_ milliseconds: Int64) {
        now += milliseconds * 1_000_000
        state.expire(at: now)
    }

    func take() -> [String] {
        var events: [FeedConnectionState.Event] = []
        state.takeEvents(into: &events)
        return events.map { event in
            switch event {
            case .listening(let id, _, _, let tellsItself): "listening \(id)\(tellsItself ? " itself" : "")"
            case .changed(let keys): "changed \(keys.words.joined(separator: " "))"
            case .everythingChanged: "everything"
            case .alive(let sent): "alive \(sent / 1_000_000)"
            case .closed(let failure): "closed \(failure)"
            }
        }
    }
}

private func push(_ keys: String...) -> String {
    ">2\r\n" + FakeRedis.bulk("invalidate") + "*\(keys.count)\r\n" + keys.map(FakeRedis.bulk).joined()
}

@Suite struct `Feed of pushes` {
    @Test func `password, protocol, id, server and tracking leave in one write, and redirect nobody`() throws {
        #expect(
            try Scene().written() == [
                "AUTH pw HELLO 3 CLIENT ID INFO server CLIENT TRACKING ON BCAST PREFIX a: PREFIX b:"
            ])
    }

    @Test func `changes are told as they come, however they are cut, and before what came behind them`() throws {
        let scene = try Scene.listening()
        scene.receive(push("a:1", "b:2") + push("a:3"))
        #expect(scene.take() == ["changed a:1 b:2 a:3"])
        for byte in push("a:1").unicodeScalars { scene.receive(String(byte)) }
        #expect(scene.take() == ["changed a:1"])
        scene.pass(5)
        let nonce = scene.beat()
        scene.pass(5)
        scene.receive(push("a:1") + Scene.proof(of: nonce) + push("a:2"))
        scene.receive(">2\r\n" + FakeRedis.bulk("invalidate") + "_\r\n")
        #expect(scene.take() == ["changed a:1", "alive 5", "changed a:2", "everything"])
    }

    @Test func `a push that nobody knows is passed over`() throws {
        let scene = try Scene.listening()
        let nonce = scene.beat()
        scene.receive(">3\r\n+message\r\n+channel\r\n+a:1\r\n" + ">1\r\n+x\r\n" + Scene.proof(of: nonce))
        #expect(scene.take() == ["alive 0"])
    }

    @Test(arguments: [
        ">2\r\n+invalidate\r\n*1\r\n+a:1\r\n", ">2\r\n+invalidate\r\n~1\r\n$3\r\na:1\r\n", ">1\r\n+invalidate\r\n",
        ">3\r\n+invalidate\r\n*1\r\n$3\r\na:1\r\n_\r\n", ">2\r\n+invalidate\r\n*1\r\n*1\r\n$3\r\na:1\r\n",
        ">2\r\n+invalidate\r\n$3\r\na:1\r\n",
    ])
    func `a push that does not say what changed ends the feed`(_ push: String) throws {
        for kind in ["+invalidate\r\n", FakeRedis.bulk("invalidate")] {
            let scene = try Scene.listening()
            scene.receive(push.replacing("+invalidate\r\n", with: kind))
            #expect(scene.take() == ["closed unsolicited"])
        }
    }

    @Test func `what comes behind the end counts for nothing`() throws {
        let scene = try Scene()
        let nonce = scene.setUp()
        let answers = Scene.proof(of: nonce, flags: "~1\r\n+off\r\n")
        for byte in (answers + push("a:1")).unicodeScalars { scene.receive(String(byte)) }
        #expect(scene.take() == ["closed unproven(Redis.ProofFailure.untold)"] && !scene.isListening)
    }

    @Test func `one round is on its way at a time, and for no longer than two time-outs`() throws {
        let scene = try Scene.listening()
        #expect(scene.beat() != "")
        scene.pass(499)
        #expect(scene.beat() == "")
        scene.pass(1)
        #expect(scene.beat() == "" && scene.take() == ["closed stuck"])
    }

    @Test(arguments: [
        (Scene.proof(of: "0"), "outOfStep"), (Scene.proof(of: "nonce", client: 8), "anotherClient"),
        (Scene.proof(of: "nonce", flags: "~1\r\n+off\r\n"), "untold"),
        (Scene.proof(of: "nonce", flags: "~1\r\n+on\r\n"), "untold"),
        (Scene.proof(of: "nonce", server: "b"), "anotherServer"),
        (Scene.proof(of: "nonce", role: "slave"), "replica"),
    ])
    func `a heartbeat that contradicts ends the feed`(_ answers: String, _ failure: String) throws {
        let scene = try Scene.listening()
        let nonce = scene.beat()
        scene.receive(answers.replacing(FakeRedis.bulk("nonce"), with: FakeRedis.bulk(nonce)))
        #expect(scene.take() == ["closed unproven(Redis.ProofFailure.\(failure))"])
    }

    @Test func `a server that does not say whom it tells is not believed`() throws {
        let scene = try Scene.listening()
        let nonce = scene.beat()
        scene.receive(FakeRedis.bulk(nonce) + ":7\r\n-ERR unknown subcommand\r\n" + FakeRedis.bulk("run_id:a\r\n"))
        #expect(scene.take() == [])
        scene.receive(FakeRedis.bulk("role:master\r\n"))
        let closed = scene.take()
        #expect(closed.count == 1 && closed[0].hasPrefix("closed unclear("), "\(closed)")
    }

    @Test func `one that does not say so at first tells nothing that is believed`() throws {
        let scene = try Scene()
        let nonce = scene.setUp()
        scene.receive(push("a:1") + FakeRedis.bulk(nonce) + ":7\r\n-NOPERM no\r\n" + FakeRedis.bulk("run_id:a\r\n"))
        scene.receive(FakeRedis.bulk("role:master\r\n"))
        let told = scene.take()
        #expect(told.count == 2 && told[0] == "changed a:1" && told[1].hasPrefix("closed unclear("), "\(told)")
    }

    @Test(arguments: ["-ERR unknown command 'HELLO'\r\n", "-NOPROTO unsupported protocol version\r\n"])
    func `a server that does not offer the protocol is told of by that command`(_ error: String) throws {
        let scene = try Scene()
        scene.receive("+OK\r\n" + error)
        #expect(scene.take().joined().hasPrefix("closed refused(Redis.SetUpCommand.Name.hello"))
    }

    @Test func `replies of another form than their command's end the set-up`() throws {
        for replies in ["+OK\r\n+OK\r\n", "+OK\r\n" + Scene.hello + "+7\r\n", "+OK\r\n" + Scene.hello + Scene.hello] {
            let scene = try Scene()
            scene.receive(replies)
            #expect(scene.take() == ["closed unsolicited"])
        }
    }

    @Test func `other credentials are told with the next round, and not while one is on its way`() throws {
        let scene = try Scene.listening()
        let first = scene.beat()
        scene.use("new")
        #expect(scene.written() == [])
        scene.receive(Scene.proof(of: first))
        scene.pass(250)
        let second = scene.beat()
        scene.receive("+OK\r\n" + Scene.proof(of: second))
        #expect(scene.take() == ["alive 0", "alive 250"])
        let third = scene.beat()
        scene.use("wrong")
        scene.receive(Scene.proof(of: third))
        let fourth = scene.beat()
        scene.receive("-WRONGPASS no\r\n" + Scene.proof(of: fourth))
        #expect(scene.take() == ["alive 250", "alive 250"] && !scene.isOver)
    }

    @Test func `nobody waits for a set-up for ever`() throws {
        let scene = try Scene()
        scene.pass(1_000)
        #expect(scene.take() == ["closed silent"])
        let late = try Scene()
        _ = late.setUp()
        late.pass(1_000)
        #expect(late.take() == ["closed silent"], "without an answer to the first round")
    }
}
