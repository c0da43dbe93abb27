import Authentication
import Bytes
import EventLoop
import Fixtures
import Redis
import Telemetry
import Testing
import Worker

@Suite(.enabled(if: TellingServer.areInstalled, TellingServer.whyNot), .timeLimit(.minutes(5)))
struct `Figures of the feed` {
    private typealias Feed = `Changes told by a real redis`

    /// The losses that were counted, without those that were none.
    private static func losses(_ figures: StoreFigures) -> [FeedLoss: Int] {
        let pairs = FeedLoss.allCases.map { ($0, figures.feed[$0]) }
        return Dictionary(uniqueKeysWithValues: pairs.filter { $0.1 > 0 })
    }

    @Test(arguments: TellingServer.all)
    func `changes that are told are counted, by keys, and an emptied store once`(_ kind: TellingServer) async throws {
        let server = try await kind.start()
        let store = try await kind.store(at: server)
        #expect(try await store.figures.feed.invalidations == 0)
        try await server.cli("MSET", "s", "1", "t", "2", "u", "not tracked")
        try await server.cli("DEL", "s")
        await store.changes.line(with: "record s", after: store.changes.lines.firstIndex(of: "record t") ?? 0)
        try await waitUntil { try await store.figures.feed.invalidations >= 3 }
        #expect(try await store.figures.feed.invalidations == 3)
        try await server.cli("FLUSHALL")
        try await waitUntil { try await store.figures.feed.invalidations >= 4 }
        #expect(Self.losses(try await store.figures) == [:], "an emptied store is told of, and goes on telling")
    }

    @Test(arguments: TellingServer.all)
    func `a feed that the server closes is lost once, and look-ups go on by the same connection`(_ kind: TellingServer)
        async throws
    {
        let server = try await kind.start()
        let store = try await kind.store(at: server)
        let seen = store.log.count
        try await kind.kill(feed: true, at: server)
        await store.log.line(with: Feed.on, after: seen)
        let figures = try await store.figures
        #expect(Self.losses(figures) == [.closed: 1])
        #expect(figures.reconnects == 0)
    }

    @Test(arguments: TellingServer.all)
    func `a data connection that is lost is made anew, and the feed's word is lost with it`(_ kind: TellingServer)
        async throws
    {
        let server = try await kind.start()
        let store = try await kind.store(at: server)
        let seen = store.log.count
        try await kind.kill(feed: false, at: server)
        await store.log.line(with: Feed.on, after: seen)
        let figures = try await store.figures
        #expect(Self.losses(figures) == [.dataConnection: 1])
        #expect(figures.reconnects == 1)
    }

    @Test func `a server that refuses to tell counts although nothing was told yet`() async throws {
        let rights = ["--user", "r", "on", ">pw", "~*", "&*", "+get", "+ping", "+info", "+client|id", "+subscribe"]
        let server = try await RedisServer(rights)
        let store = try await TestStore(trackingChangesAt: server.url.replacing("unix://", with: "unix://r:pw@"))
        await store.log.line(with: Feed.off)
        let losses = Self.losses(try await store.figures)
        #expect(losses.keys.map(\.self) == [.refused])
    }

    @Test func `where the Sentinels no longer agree the word is lost, and a move by them is one`() async throws {
        let place = try await `Redis by Sentinels`.Place()
        let store = try await place.store()
        await store.log.line(with: Feed.on)
        let seen = store.log.count
        place.fail(2..<3)
        await store.log.line(with: Feed.off, after: seen)
        #expect(Self.losses(try await store.figures) == [.unvouched: 1])
        place.fail(0..<3)
        await store.log.line(with: Feed.on, after: seen)
        let figures = try await store.figures
        #expect(Self.losses(figures) == [.unvouched: 1, .moved: 1])
        #expect(figures.reconnects == 1)
    }

    @Test func `the age of the proof counts from when it was asked for, and there is none before the first`()
        async throws
    {
        let start = Moment.steadyNanoseconds()
        let server = try await RedisServer()
        let store = try await TestStore(url: server.url)
        let later = Moment.steadyNanoseconds() + 1_000_000_000_000
        let age = try #require(try await store.figures(at: later).proofAge)
        #expect(age <= .nanoseconds(later - start) && age > .seconds(990))
        let nowhere = try await TestStore(url: "unix:///nowhere/redis.sock")
        #expect(try await nowhere.figures.proofAge == nil)
        #expect(try await nowhere.figures.reconnects == 0)
    }
}

@Suite struct FeedLossTests {
    @Test func `every reason stands on the page before it ever occurred, and workers add up`() throws {
        var (one, two) = (StoreFigures(), StoreFigures())
        one.proofAge = .milliseconds(250)
        two.merge(one)
        #expect(two.proofAge == .milliseconds(250))
        two.proofAge = .milliseconds(1_500)
        one.merge(two)
        one.merge(StoreFigures())
        var page = PrometheusPage()
        one.write(to: &page)
        let exposition = try Exposition(page.text)
        #expect(exposition.family(Metric.storeProofAge.name)?.value() == 1.5, "the oldest")
        #expect(exposition.family(Metric.storeReconnects.name)?.value() == 0)
        let losses = try #require(exposition.family(Metric.feedLosses.name))
        #expect(losses.samples.count == FeedLoss.allCases.count)
        #expect(Set(losses.samples.compactMap { $0.labels["reason"] }).count == FeedLoss.allCases.count)
        #expect(losses.samples.allSatisfy { $0.value == 0 })
        #expect(losses.value(["reason": "data_connection"]) == 0)
    }
}
