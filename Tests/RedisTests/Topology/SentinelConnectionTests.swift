import Bytes
import Fixtures
import Redis
import Testing

@Suite struct `Sentinel connection` {
    private final class Scene {
        var state: SentinelConnectionState
        let now: Int64 = 1_000_000_000

        init(_ purpose: SentinelConnectionState.Purpose = .questions, password: String? = nil) {
            let credentials = password.map { RedisCredentials(user: Array("u".utf8), password: Array($0.utf8)) }
            state = SentinelConnectionState(
                purpose, of: SentinelGroup(hosts: [], service: "m"), as: credentials, within: 300_000_000, at: now)
            if purpose == .questions { state.ask(at: now) }
            state.connected(at: now)
        }

        func receive(_ text: String) -> [SentinelConnectionState.Event] {
            state.receive(Array(text.utf8).span.bytes, at: now)
            var events: [SentinelConnectionState.Event] = []
            state.takeEvents(into: &events)
            return events
        }

        var isOver: Bool { state.isOver }
        var deadline: Int64? { state.deadline }

        func written() -> [String] { state.writtenWords() }
    }

    static let address = "*2\r\n" + FakeRedis.bulk("10.0.0.1") + FakeRedis.bulk("6379")

    static func fields(_ pairs: (String, String)...) -> String {
        "*\(2 * pairs.count)\r\n" + pairs.map { FakeRedis.bulk($0) + FakeRedis.bulk($1) }.joined()
    }

    static let service = fields(("name", "m"), ("ip", "10.0.0.9"), ("flags", "master,s down"), ("config-epoch", "7"))
    static let peers =
        "*3\r\n" + fields(("name", "x"), ("ip", "10.1.0.1"), ("port", "26379"), ("runid", "p1"))
        + fields(("name", ""), ("ip", "evil\r\nhost"), ("port", "1"), ("runid", "p2"))
        + fields(("ip", "s3.internal"), ("port", "1"), ("runid", "p3"))

    @Test func `it is asked who it is, who is primary since which failover, and who else there is, in one write`() {
        let scene = Scene(password: "pw")
        #expect(
            scene.written() == [
                "AUTH u pw SENTINEL MYID SENTINEL GET-MASTER-ADDR-BY-NAME m SENTINEL MASTER m SENTINEL SENTINELS m"
            ])
        let events = scene.receive("+OK\r\n" + FakeRedis.bulk("me") + Self.address + Self.service + Self.peers)
        let answer = SentinelAnswer(
            runID: "me", primary: NodeAddress(host: "10.0.0.1", port: 6379), epoch: 7,
            peers: [
                SentinelPeer(place: NodeAddress(host: "10.1.0.1", port: 26_379), runID: "p1"),
                SentinelPeer(place: NodeAddress(host: "s3.internal", port: 1), runID: "p3"),
            ])
        #expect(events == [.answered(answer, sent: scene.now)])
        scene.state.ask(at: scene.now)
        scene.state.ask(at: scene.now)
        #expect(scene.written() == ["SENTINEL GET-MASTER-ADDR-BY-NAME m SENTINEL MASTER m SENTINEL SENTINELS m"])
    }

    @Test(arguments: [
        ("-ERR unknown subcommand\r\n" + address + "-NOPERM no\r\n-NOPERM no\r\n", "the address alone"),
        (FakeRedis.bulk("me") + "*-1\r\n-ERR No such master with that name\r\n-ERR No such\r\n", "no such service"),
    ])
    func `one that says less has a vote all the same`(_ replies: String, _ description: String) {
        let scene = Scene()
        let events = scene.receive(replies)
        guard case .answered(let answer, _) = events.first else { return #expect(Bool(false), "\(events)") }
        #expect(answer.epoch == 0 && answer.peers == [] && (answer.primary != nil) == (answer.runID == nil))
    }

    @Test(arguments: [
        (FakeRedis.bulk("me") + "-NOAUTH no\r\n", "it wants a password of its own (NOAUTH)"),
        (FakeRedis.bulk("me") + "+OK\r\n", "answered otherwise than a Sentinel does"),
        (FakeRedis.bulk("me") + "*2\r\n$1\r\na\r\n$5\r\n99999\r\n", "answered otherwise"),
        (FakeRedis.bulk("me") + "*2\r\n$3\r\na b\r\n$1\r\n1\r\n", "answered otherwise"),
        (FakeRedis.bulk("me") + "*1\r\n$1\r\na\r\n", "answered otherwise"), ("HTTP/1.1 400\r\n", "redis protocol"),
    ])
    func `what is no Sentinel's answer ends the connection`(_ replies: String, _ words: String) {
        let scene = Scene()
        guard case .closed(let failure) = scene.receive(replies).first else { return #expect(Bool(false)) }
        #expect(failure.wordsOfSentinel.contains(words))
        #expect(scene.isOver)
    }

    @Test func `one that does not answer is given up after a second`() {
        let scene = Scene()
        #expect(scene.deadline == scene.now + 1_000_000_000)
        scene.state.expire(at: scene.now + 1_000_000_000)
        #expect(scene.receive("") == [.closed(.stuck)])
    }

    @Test func `a switch of this service is told, and of no other`() {
        let scene = Scene(.messages)
        #expect(scene.written() == ["SUBSCRIBE +switch-master"])
        func message(_ text: String) -> String {
            "*3\r\n" + FakeRedis.bulk("message") + FakeRedis.bulk("+switch-master") + FakeRedis.bulk(text)
        }
        #expect(scene.receive("*3\r\n$9\r\nsubscribe\r\n$14\r\n+switch-master\r\n:1\r\n") == [])
        scene.state.beat(at: scene.now)
        #expect(scene.written() == ["PING"])
        #expect(scene.receive(message("mm 10.0.0.1 1 10.0.0.2 1")) == [])
        #expect(scene.receive(message("m 10.0.0.1 1 10.0.0.2 1")) == [.switched])
        #expect(scene.receive("*2\r\n$4\r\npong\r\n$0\r\n\r\n") == [])
        #expect(scene.deadline == nil)
    }
}

extension `Sentinel connection` {
    @Test func `one that is asked is told of other credentials, and one that tells of switches ends`() {
        let credentials = RedisCredentials(user: nil, password: Array("new".utf8))
        let scene = Scene(password: "pw")
        _ = scene.written()
        _ = scene.receive("+OK\r\n" + FakeRedis.bulk("me") + Self.address + Self.service + Self.peers)
        scene.state.use(credentials, at: scene.now)
        #expect(scene.written() == ["AUTH new"])
        #expect(scene.receive("-WRONGPASS no\r\n") == [])
        #expect(!scene.isOver)
        let listener = Scene(.messages, password: "pw")
        listener.state.use(credentials, at: listener.now)
        #expect(listener.receive("") == [.closed(.renewed)])
    }
}
