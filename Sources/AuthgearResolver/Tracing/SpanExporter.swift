import Bytes
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import ServiceLifecycle
import Telemetry
import Traces
import Worker

/// Sends spans to the collector in the background: a batch as soon as there is one, and what there is each five seconds. What a collector
/// does not take now is sent again; meanwhile the queue fills, and what has no room in it is dropped.
final class SpanExporter: Service {
    private static let pause = Duration.seconds(5)
    /// How long the last spans may take when the process ends.
    private static let lastTime = TimeAmount.seconds(1)
    /// The longest time that a collector may ask to be left alone, in seconds.
    private static let longestRest = 300
    private static let condition = Condition(
        good: "spans are sent to the collector", bad: "spans can't be sent to the collector", badLevel: .warning)

    private struct State {
        var collector: TraceCollector?
        /// What was taken of the queue and is to be sent again.
        var held: [SpanRecord] = []
        var backoff = Backoff(shortest: .seconds(1), longest: .seconds(30))
        /// Before then nothing is sent.
        var restsUntil = NIODeadline.uptimeNanoseconds(0)
    }

    /// Where workers put spans.
    let queue = SpanQueue()
    /// Who writes lines on single requests.
    let samples: SampleLog
    private let state: NIOLockedValueBox<State>
    private let background: MultiThreadedEventLoopGroup
    private let log: LimitedLog
    private let rings: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation

    /// - Parameter settings: nil: spans are sent nowhere, until `adopt` names somebody.
    init(_ settings: TraceCollector.Settings?, on background: MultiThreadedEventLoopGroup, log: LimitedLog) {
        state = NIOLockedValueBox(State(collector: settings.map { TraceCollector($0, on: background) }))
        (self.background, self.log) = (background, log)
        samples = SampleLog(log.logger, on: background.next())
        (rings, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Runs until it is asked to stop, which comes when no more requests are answered; then what is left is sent once.
    func run() async throws {
        queue.onBatch { [bell] in bell.yield() }
        await cancelWhenGracefulShutdown { await self.serve() }
        await sendAll(within: Self.lastTime)
        let left = state.withLockedValue { state in
            defer { state.held = [] }
            return state.held.count
        }
        queue.release(left, lost: left)
        await state.withLockedValue { $0.collector.take() }?.shutdown()
    }

    private func serve() async {
        await withDiscardingTaskGroup { group in
            group.addTask { [bell] in
                while (try? await Task.sleep(for: Self.pause)) != nil { bell.yield() }
            }
            for await _ in rings { await sendAll() }
            group.cancelAll()
        }
    }

    /// Sends to another collector from now on; nil: to none.
    func adopt(_ settings: TraceCollector.Settings?) async {
        let former = state.withLockedValue { state -> TraceCollector? in
            guard state.collector?.settings != settings else { return nil }
            defer {
                state.collector = settings.map { TraceCollector($0, on: background) }
                state.backoff.reset()
                state.restsUntil = .uptimeNanoseconds(0)
            }
            return state.collector
        }
        guard let former else { return }
        log.forget(Self.condition, address: former.place, member: ObjectIdentifier(self))
        await former.retire()
    }

    /// Sends all that there is, until the collector does not take it.
    ///
    /// - Parameter limit: how long each batch may take; nil: as long as ever.
    private func sendAll(within limit: TimeAmount? = nil) async {
        while let (batch, collector) = next(isLast: limit != nil) {
            guard let collector else {
                queue.release(batch.count, lost: batch.count)
                continue
            }
            guard settle(batch, await collector.send(batch, within: limit), at: collector) else { return }
        }
    }

    /// What is to be sent, and to whom; nil: nothing now.
    private func next(isLast: Bool) -> (batch: [SpanRecord], collector: TraceCollector?)? {
        let (held, collector) = state.withLockedValue { state -> ([SpanRecord]?, TraceCollector?) in
            guard isLast || state.restsUntil <= .now() else { return (nil, nil) }
            defer { state.held = [] }
            return (state.held, state.collector)
        }
        guard let held else { return nil }
        let batch = held.isEmpty ? queue.take() : held
        return batch.isEmpty ? nil : (batch, collector)
    }

    /// - Returns: whether to go on.
    private func settle(_ batch: [SpanRecord], _ outcome: TraceCollector.Outcome, at collector: TraceCollector) -> Bool
    {
        switch outcome {
        case .taken(let rejected, let problem):
            queue.release(batch.count, lost: min(rejected, batch.count))
            state.withLockedValue { $0.backoff.reset() }
            note(problem, at: collector)
        case .refused(let problem):
            queue.release(batch.count, lost: batch.count)
            note(problem, at: collector)
        case .postponed(let problem, let seconds):
            state.withLockedValue { state in
                let pause = state.backoff.fail(jitter: .random(in: 0...1))
                let stated = Duration.seconds(min(max(seconds ?? 0, 0), Self.longestRest))
                state.restsUntil = .now() + .nanoseconds(max(pause, stated).nanoseconds)
                state.held = batch
            }
            if !Task.isCancelled { note(problem, at: collector) }
            return false
        }
        return true
    }

    private func note(_ problem: String?, at collector: TraceCollector) {
        log.condition(
            Self.condition, address: collector.place, member: ObjectIdentifier(self), problem: problem,
            metadata: .init(
                problem.map { [.address: collector.place, .reason: $0] } ?? [.address: collector.place]),
            at: NIODeadline.now().uptimeNanoseconds)
    }
}
