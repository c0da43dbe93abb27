import NIOCore
import NIOEmbedded
import Redis
import Testing

/// A feed whose server is the test, and whose time the test moves.
private final class Scene {
    let loop = EmbeddedEventLoop()
    let channel: EmbeddedChannel
    private(set) var feed: FeedConnection?
    /// What happened, in order: `listening 7`, `changed a b`, `closed stuck`.
    private var happened: [String] = []

    init(url: String = "unix://:pw@/r") throws {
        channel = EmbeddedChannel(loop: loop)
        let configuration = try RedisConfiguration(
            to: RedisAddress(url: url), connectTimeout: .seconds(1), commandTimeout: .milliseconds(250))
        let feed = FeedConnection(
            configuration, on: loop,
            events: .init(
                told: { [weak self] message in self?.happened.append(Self.words(message)) },
                closed: { [weak self] failure in self?.happened.append("closed \(failure)") }))
        self.feed = feed
        try channel.pipeline.syncOperations.addHandler(feed)
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "/r"), promise: nil)
    }

    /// A channel keeps itself alive until it is closed.
    deinit {
        channel.close(promise: nil)
        loop.run()
    }

    static func listening() throws -> Scene {
        let scene = try Scene()
        _ = try scene.written()
        try scene.receive("+OK\r\n:7\r\n$8\r\nrun_id:a\r\n")
        try scene.receive("*3\r\n$9\r\nsubscribe\r\n$20\r\n__redis__:invalidate\r\n:1\r\n")
        #expect(scene.take() == ["listening 7"])
        return scene
    }

    private static func words(_ message: FeedState.Received) -> String {
        switch message {
        case .listening(let id, _, _): "listening \(id)"
        case .changed(let keys): "changed " + keys.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        case .everythingChanged: "everything"
        case .alive(let sent): "alive \(sent.uptimeNanoseconds / 1_000_000)"
        case .settingUp, .setUpRefused, .unsolicited: "\(message)"
        }
    }

    func written() throws -> [String] {
        try channel.written()
    }

    func receive(_ bytes: String) throws {
        try channel.receive(bytes)
    }

    func take() -> [String] {
        defer { happened = [] }
        return happened
    }

    func pass(_ milliseconds: Int64) {
        loop.advanceTime(by: .milliseconds(milliseconds))
    }
}

@Suite struct `Feed connection` {
    @Test func `password, id, server and subscription leave in one write`() throws {
        let scene = try Scene()
        #expect(try scene.written() == ["AUTH pw CLIENT ID INFO server SUBSCRIBE __redis__:invalidate"])
    }

    @Test func `changes are told as they come, however they are cut`() throws {
        let scene = try Scene.listening()
        let message = "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n"
        try scene.receive(message + message)
        #expect(scene.take() == ["changed a b", "changed a b"])
        for byte in message { try scene.receive(String(byte)) }
        #expect(scene.take() == ["changed a b"])
        try scene.receive("*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n$-1\r\n")
        #expect(scene.take() == ["everything"])
    }

    @Test func `a heartbeat is answered with the time at which it was sent`() throws {
        let scene = try Scene.listening()
        scene.pass(100)
        scene.feed?.beat()
        let written = try scene.written().joined()
        #expect(written.hasPrefix("PING "))
        scene.pass(50)
        try scene.receive("*2\r\n$4\r\npong\r\n" + FakeRedis.bulk(String(written.dropFirst(5))))
        #expect(scene.take() == ["alive 100"])
    }

    @Test func `a heartbeat that is not answered closes the connection`() throws {
        let scene = try Scene.listening()
        scene.feed?.beat()
        scene.pass(499)
        scene.feed?.beat()
        #expect(scene.take() == [])
        scene.pass(1)
        scene.feed?.beat()
        #expect(scene.take() == ["closed stuck"])
        #expect(!scene.channel.isActive)
        scene.feed?.beat()
        #expect(scene.take() == [])
    }

    @Test func `a set-up that is not answered is given up`() throws {
        let scene = try Scene()
        try scene.receive("+OK\r\n")
        scene.pass(999)
        #expect(scene.take() == [])
        scene.pass(1)
        #expect(scene.take() == ["closed silent"])
    }

    @Test func `once it listens the set-up's deadline is past`() throws {
        let scene = try Scene.listening()
        scene.pass(10_000)
        #expect(scene.take() == [])
        #expect(scene.channel.isActive)
    }

    @Test(arguments: [
        ("-NOPERM no\r\n", "closed refused(Redis.SetUpCommand.Name.auth, Redis.RedisErrorCode.noPermission)"),
        ("+OK\r\n-ERR no\r\n", "closed refused(Redis.SetUpCommand.Name.clientID, Redis.RedisErrorCode.generic)"),
        ("+OK\r\n+OK\r\n", "closed unsolicited"),
        ("?\r\n", "closed nonsense(Redis.ReplyError.malformed)"),
    ])
    func `a set-up that fails closes the connection`(_ reply: String, _ event: String) throws {
        let scene = try Scene()
        try scene.receive(reply)
        #expect(scene.take() == [event])
        #expect(!scene.channel.isActive)
    }

    @Test(arguments: ["+OK\r\n", ":1\r\n", "-ERR x\r\n", "$1\r\nx\r\n", "*2\r\n$4\r\npong\r\n$0\r\n\r\n"])
    func `what nobody asked for closes the connection`(_ bytes: String) throws {
        let scene = try Scene.listening()
        try scene.receive(bytes)
        #expect(scene.take() == ["closed unsolicited"])
    }

    @Test func `a server that hangs up is told`() throws {
        let scene = try Scene.listening()
        scene.channel.pipeline.fireChannelInactive()
        #expect(scene.take() == ["closed closedByServer"])
    }
}
