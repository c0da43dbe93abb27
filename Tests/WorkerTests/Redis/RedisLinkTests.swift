import Bytes
import EventLoop
import Fixtures
import Redis
import Testing
import Worker

/// A link whose server is in the test, and whose time the test moves.
private final class LinkScene {
    static let start: Int64 = 1_000_000_000

    let server: EmbeddedRedis
    private let poller = Poller()
    private let buffer = ReadBuffer()
    private let configuration: RedisConfiguration
    private var link: RedisLink<FeedConnectionState>
    /// On the steady clock, in nanoseconds.
    var now = LinkScene.start
    /// What happened on the conversation, in order.
    private(set) var happened: [FeedConnectionState.Event] = []

    init() throws {
        server = try EmbeddedRedis()
        configuration = try RedisConfiguration(to: RedisAddress(url: server.url))
        link = RedisLink(configuration, token: 1)
    }

    var due: Int64 { link.due }
    var isStopped: Bool { link.isStopped }
    var isAttemptDue: Bool { link.isAttemptDue(at: now) }
    var isConnected: Bool { link.conversation?.isReady ?? false }

    func start() { link.start(at: now) }

    /// Begins an attempt, and lets it come to its end.
    func connect() {
        link.attempt(FeedConnectionState(configuration.options, at: now), on: poller, resolution: 1, at: now)
        settle()
    }

    /// Writes and reads until there is nothing more, or the conversation is over.
    ///
    /// - Returns: how many events the poller had.
    @discardableResult
    func settle() -> Int {
        var (events, hasMore) = (0, false)
        repeat {
            link.flush(on: poller, at: now)
            let count = poller.wait(milliseconds: 0)
            events += count
            for number in 0..<count { link.hear(poller.event(number: number), buffer: buffer, on: poller, at: now) }
            happened += take()
            hasMore = count > 0 || server.serve()
        } while hasMore && !link.isOver
        return events
    }

    /// Takes what has happened since.
    func take() -> [FeedConnectionState.Event] {
        var list: [FeedConnectionState.Event] = []
        link.conversation?.takeEvents(into: &list)
        return list
    }

    func mute(for nanoseconds: Int64) { link.mute(until: now + nanoseconds) }
    func pass() { link.pass(buffer: buffer, on: poller, at: now) }

    func becameReady() { link.becameReady(at: now) }
    func lost(pause: Int64 = 0) { link.lost(pause: pause, at: now) }

    func stop() {
        link.stop(at: now)
        settle()
    }
}

@Suite struct `Redis link` {
    private static let second: Int64 = 1_000_000_000

    @Test func `until it is started, and after it was stopped, it attempts nothing`() throws {
        let scene = try LinkScene()
        #expect(scene.isStopped && !scene.isAttemptDue && scene.due == .max)
        scene.start()
        #expect(!scene.isStopped && scene.isAttemptDue && scene.due == scene.now)
        scene.stop()
        scene.now = .max
        #expect(scene.isStopped && !scene.isAttemptDue && scene.due == .max)
    }

    @Test func `it connects, and its conversation is set up`() throws {
        let scene = try LinkScene()
        scene.start()
        scene.connect()
        #expect(scene.isConnected && !scene.isAttemptDue && scene.due == .max)
    }

    @Test func `after a loss it pauses at most half a second`() throws {
        let scene = try LinkScene()
        scene.start()
        scene.connect()
        scene.becameReady()
        scene.server.hangUp(feed: true)
        scene.settle()
        #expect(scene.happened.last == .closed(.closedByServer))
        scene.lost()
        #expect(!scene.isConnected && !scene.isAttemptDue)
        #expect(scene.due > scene.now && scene.due <= scene.now + ReconnectSchedule.longest)
        scene.now = scene.due
        #expect(scene.isAttemptDue)
    }

    @Test func `a pause that it is told is the shortest one`() throws {
        let scene = try LinkScene()
        scene.start()
        scene.connect()
        scene.lost(pause: 30 * Self.second)
        #expect(scene.due == LinkScene.start + 30 * Self.second)
        scene.now = scene.due - 1
        #expect(!scene.isAttemptDue)
        scene.now += 1
        #expect(scene.isAttemptDue)
        scene.connect()
        #expect(scene.isConnected)
    }

    @Test func `a connection that is stopped is closed, and no other follows`() throws {
        let scene = try LinkScene()
        scene.start()
        scene.connect()
        scene.stop()
        #expect(scene.happened.last == .closed(.stopped))
        scene.lost()
        scene.now += 60 * Self.second
        #expect(!scene.isConnected && !scene.isAttemptDue && scene.due == .max)
    }

    @Test func `a pause ends with the link`() throws {
        let scene = try LinkScene()
        scene.start()
        scene.connect()
        scene.lost(pause: Self.second)
        scene.stop()
        scene.now += Self.second
        #expect(!scene.isAttemptDue && scene.due == .max)
    }

    @Test func `while it is muted what comes is not read, and is not lost`() throws {
        let scene = try LinkScene()
        scene.start()
        scene.connect()
        scene.mute(for: 1_000_000)
        #expect(scene.due == scene.now + 1_000_000)
        scene.settle()
        scene.server.tell("a")
        #expect(scene.settle() == 0)
        scene.now += 1_000_000
        scene.pass()
        scene.settle()
        #expect(scene.happened.last == .changed(KeyList(["a"])))
    }

    @Test func `what has waited is read when it is muted no longer, before anything else`() throws {
        let scene = try LinkScene()
        scene.start()
        scene.connect()
        scene.mute(for: 1_000_000)
        scene.settle()
        for key in ["a", "b"] { scene.server.tell(key) }
        scene.now += 999_999
        scene.pass()
        #expect(scene.take() == [])
        scene.now += 1
        scene.pass()
        #expect(scene.take() == [.changed(KeyList(["a", "b"]))])
        #expect(scene.due == .max)
    }

    @Test func `where one read does not take all that has come it is not muted`() throws {
        let scene = try LinkScene()
        scene.start()
        scene.connect()
        let key = String(repeating: "k", count: ReadBuffer.capacity / 8)
        for _ in 0..<9 { scene.server.tell(key) }
        scene.mute(for: 1)
        scene.now += 1
        scene.pass()
        scene.mute(for: 1_000_000)
        #expect(scene.due == .max)
        scene.settle()
        scene.mute(for: 1_000_000)
        #expect(scene.due == scene.now + 1_000_000)
    }
}
