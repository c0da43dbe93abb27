import Bytes
import EventLoop
import Fixtures
import HTTP1
import NIOConcurrencyHelpers
import Testing
import Worker

/// Whether event loops turn, as other threads see it without asking them.
@Suite(.timeLimit(.minutes(5))) struct WorkerPulseTests {
    private static let second: Int64 = 1_000_000_000

    @Test func `an idle loop turns, one that hangs does not, and one that has ended is not missed`() async throws {
        let isReleased = ConditionLock(value: false)
        let ended = NIOLockedValueBox<LoopSet?>(nil)
        let done = NIOLockedValueBox(0)
        var told = 0
        try await RunningListener.with(RunningListener.settings("127.0.0.1:0")) { running in
            let loops = running.loops
            ended.withLockedValue { $0 = loops }
            #expect(loops.stalled(at: Moment.steadyNanoseconds()).isEmpty)
            let hangs = AsyncStream<Void>.makeStream()
            try await waitUntil { await running.listener.reports().allSatisfy { $0 != nil } }
            loops.mailboxes[1].post(
                .perform { _ in
                    hangs.continuation.finish()
                    isReleased.lock(whenValue: true)
                    isReleased.unlock()
                })
            for await _ in hangs.stream {}
            // Who does not hang answers, and what the other one said is not forgotten.
            var answers: [Int?] = [nil, nil]
            try await waitUntil {
                answers = await loops.answers { reply in .perform { _ in reply(1) } }
                return answers[0] != nil
            }
            #expect(answers[1] == nil)
            #expect(await running.listener.reports().allSatisfy { $0 != nil })
            var late = [0, 1]
            try await waitUntil {
                late = try await loops.perform(within: .milliseconds(20)) { _ in done.withLockedValue { $0 += 1 } }
                told += 1
                return !late.contains(0)
            }
            #expect(late == [1])
            let begin = Moment.steadyNanoseconds()
            // Nobody asks anything of it meanwhile.
            try await waitUntil { loops.pulses[0].silence(at: begin + 2 * Self.second) <= .zero }
            let stalled = loops.stalled(at: begin + 6 * Self.second)
            #expect(stalled.map(\.worker) == [1])
            #expect(stalled.allSatisfy { $0.silence > .seconds(5) })
            isReleased.lock()
            isReleased.unlock(withValue: true)
            try await waitUntil { loops.pulses[1].silence(at: begin) <= .zero }
            #expect(try await loops.perform { _ in } == [])
            #expect(done.withLockedValue(\.self) == told * 2, "it is late, and not left out")
        }
        let loops = try #require(ended.withLockedValue { $0 })
        #expect(loops.stalled(at: .max).isEmpty)
        await #expect(throws: LoopSet.Ended.self) { try await loops.perform { _ in } }
    }

    @Test func `a loop is woken to say that it turns, and one that hangs is asked nothing`() async throws {
        let loops = LoopSet(count: 1)
        let turned = Task { try await loops.turned() }
        let mailbox = loops.mailboxes[0]
        try await waitUntil { mailbox.hasMessages }
        #expect(Self.turn(mailbox) == 1, "the bell")
        try await turned.value
        loops.pulses[0].beat(at: Moment.steadyNanoseconds() - 6 * Self.second)
        #expect(await loops.answers { reply in .perform { _ in reply(1) } } == [nil])
        #expect(!mailbox.hasMessages)
        #expect(try await loops.perform { _ in } == [0], "it is told, and not waited for")
        #expect(mailbox.hasMessages)
    }

    /// Lets a loop turn once.
    ///
    /// - Returns: how many events it has heard.
    private static func turn(_ mailbox: WorkerMailbox) -> Int {
        var worker = Worker(
            limits: .generous, resolver: Stage.resolver(), effects: WorkerEffects(store: .shared, find: { _, _ in }),
            mailbox: mailbox, count: ConnectionCount(limit: 1))
        return worker.turn()
    }

    @Test func `a loop that never begins is missed after five seconds`() {
        let loops = LoopSet(count: 2)
        let now = Moment.steadyNanoseconds()
        #expect(loops.stalled(at: now + 4 * Self.second).isEmpty)
        #expect(loops.stalled(at: now + 6 * Self.second).map(\.worker) == [0, 1])
    }

    @Test func `a pulse is never in the future`() {
        let pulse = WorkerPulse(at: 100)
        #expect(pulse.silence(at: 350) == .nanoseconds(250))
        #expect(pulse.silence(at: 50) == .zero)
        pulse.beat(at: 300)
        #expect(pulse.silence(at: 350) == .nanoseconds(50))
    }
}
