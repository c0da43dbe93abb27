import AuthgearResolver
import Fixtures
import Foundation
import NIOConcurrencyHelpers
import ServiceLifecycle
import Testing

/// What a service manager is told, and when.
@Suite(.timeLimit(.minutes(1))) struct SupervisorTests {
    @Test func `each event is told where it can happen, and nowhere else`() {
        var state = ServiceState()
        #expect(state.reloading(at: 1) == nil, "it has not started")
        #expect(state.reloaded("x") == nil)
        #expect(state.started("a\nb") == "READY=1\nSTATUS=a b")
        #expect(state.started("again") == nil)
        #expect(state.reloaded("x") == nil, "none has begun")
        #expect(state.reloading(at: 12_345) == "RELOADING=1\nMONOTONIC_USEC=12345")
        #expect(state.reloading(at: 12_346) == nil)
        #expect(state.reloaded("2") == "READY=1\nSTATUS=2")
        #expect(state.reloading(at: 3) != nil)
        #expect(state.stopping("bye") == "STOPPING=1\nSTATUS=bye")
        #expect(state.reloaded("x") == nil, "who ends is ready no more")
        #expect(state.stopping("bye") == nil)
        #expect(state.alive == "WATCHDOG=1")
    }

    @Test(
        arguments: [
            ([:], nil), (["WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "77"], 2), (["WATCHDOG_USEC": "2000000"], 2),
            (["WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "78"], nil), (["WATCHDOG_USEC": "0"], nil),
            (["WATCHDOG_USEC": "-1"], nil), (["WATCHDOG_USEC": "x"], nil),
        ] as [([String: String], Int?)])
    func `whether it waits for signs of life is in the environment`(environment: [String: String], seconds: Int?) {
        let variables = environment.merging(["NOTIFY_SOCKET": "/x"]) { own, _ in own }
        let supervisor = Supervisor(in: { variables[$0] }, pid: 77)
        #expect(supervisor.patience == seconds.map { .seconds($0) })
        #expect(Supervisor(in: { environment[$0] }, pid: 77).patience == nil, "nobody would hear them")
    }

    @Test func `a sign of life is given each time that every worker has turned, and no more often`() async throws {
        let manager = try NotificationReceiver("@authgear-resolver-\(UUID().uuidString)")
        let environment = ["NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "2"]
        let (turns, turning) = AsyncStream.makeStream(of: Void.self)
        let (asked, asking) = AsyncStream.makeStream(of: Void.self)
        let watchdog = try #require(
            Watchdog(Supervisor(in: { environment[$0] }, pid: 77)) {
                asking.yield()
                for await _ in turns { return }
                throw CancellationError()
            })
        let running = Task { try await watchdog.run() }
        var questions = asked.makeAsyncIterator()
        await questions.next()
        for _ in 0..<3 {
            #expect(manager.pending() == nil, "a worker has not turned")
            turning.yield()
            #expect(await manager.next() == "WATCHDOG=1")
            await questions.next()
        }
        turning.finish()
        running.cancel()
        try await running.value
        #expect(manager.pending() == nil)
    }

    @Test func `it is asked twice in the time that is allowed, however long the answers take`() async throws {
        let environment = ["NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "1000000"]
        let clock = SteppedClock(sleeps: 4)
        let watchdog = try #require(
            Watchdog(Supervisor(in: { environment[$0] }, pid: 77), clock: clock) { clock.pass(.milliseconds(400)) })
        let running = Task { try await watchdog.run() }
        await clock.ended()
        running.cancel()
        try await running.value
        #expect(clock.deadlines == [500, 1_000, 1_500, 2_000].map { .milliseconds($0) })
    }

    @Test func `nobody is told nothing`() {
        #expect(Watchdog(Supervisor()) {} == nil)
    }
}

/// A clock that goes on when somebody sleeps or says so, and stands still after some sleeps.
private final class SteppedClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (one: Instant, other: Instant) -> Bool { one.offset < other.offset }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var deadlines: [Duration] = []
    }

    private let state = NIOLockedValueBox(State())
    private let sleeps: Int
    private let (end, ending) = AsyncStream.makeStream(of: Never.self)

    init(sleeps: Int) { self.sleeps = sleeps }

    var now: Instant { state.withLockedValue(\.now) }
    var minimumResolution: Duration { .zero }
    /// Until when somebody slept.
    var deadlines: [Duration] { state.withLockedValue(\.deadlines) }

    func pass(_ duration: Duration) {
        state.withLockedValue { $0.now = $0.now.advanced(by: duration) }
    }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let count = state.withLockedValue { state in
            state.deadlines.append(deadline.offset)
            state.now = max(state.now, deadline)
            return state.deadlines.count
        }
        guard count >= sleeps else { return }
        ending.finish()
        throw CancellationError()
    }

    /// Returns after the last sleep.
    func ended() async {
        for await _ in end {}
    }
}
