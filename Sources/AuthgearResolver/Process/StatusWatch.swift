import Authentication
import Bytes
import EventLoop
import ServiceLifecycle
import Telemetry
import Worker

/// Takes a sample of what was counted every few seconds, and looks at how things are, for the status page. Requests pay nothing for it:
/// each worker is asked once, between two turns, and copies some numbers.
struct StatusWatch: Service {
    let scrape: Scrape

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                await scrape.takeSample()
                try await Task.sleep(for: StatusHistory.pause)
            }
        }
    }
}

/// What one worker has counted, as far as a sample needs it.
private struct WorkerCounts: Sendable {
    var outcomes: [Int]
    var durations = DurationHistogram()
    var tokens: StatusSample.Cache
    var sessions: StatusSample.Cache

    /// Copies numbers, and no lists: one that were shared would have to be copied when the worker counts the next request.
    init(_ context: borrowing WorkerContext) {
        let figures = context.figures
        outcomes = Outcome.allCases.map { outcome in
            Endpoint.allCases.reduce(0) { $0 + figures.answers(at: $1, outcome: outcome) }
        }
        durations.merge(figures.durations)
        tokens = StatusSample.Cache(context.resolver.tokenCacheFigures)
        sessions = StatusSample.Cache(context.resolver.sessionCacheFigures)
    }
}

extension StatusSample.Cache {
    fileprivate init(_ figures: CacheFigures) { self.init(hits: figures.hits, misses: figures.misses) }

    fileprivate static func += (sum: inout Self, other: Self) {
        sum.hits += other.hits
        sum.misses += other.misses
    }
}

extension Scrape {
    /// Adds a sample to the memory, and notes how things are.
    fileprivate func takeSample() async {
        _ = memory.note(await readiness().state, at: .now)
        let counts = await loops.answers { reply in .perform { reply(WorkerCounts($0)) } }.compactMap(\.self)
        let workers = await listener.reports()
        // Without one of them the sums would fall.
        guard counts.count == workers.count else { return }
        var sample = StatusSample(at: Moment.steadyNanoseconds())
        if case .redis = current.configuration.sessions.store {
            sample.changes = stores.figures(of: workers).feed.invalidations
        }
        for (worker, report) in zip(counts, workers) {
            sample.outcomes = zip(sample.outcomes, worker.outcomes).map { $0 + $1 }
            sample.durations.merge(worker.durations)
            sample.tokens += worker.tokens
            sample.sessions += worker.sessions
            let requests = worker.outcomes.reduce(0, +)
            sample.workers.append(StatusSample.Worker(requests: requests, busy: report?.figures.busy))
        }
        memory.add(sample)
    }
}
