import Authentication
import Bytes
import EventLoop
import KeySets
import Questions
import Redis
import Telemetry
import Worker

// What the status page shows, collected from all parts when it is asked for.
extension Scrape {
    /// Of a worker that hangs, what it said last.
    func status() async throws -> StatusReport {
        let (snapshot, history) = (current.snapshot, memory.history)
        async let readiness = readiness()
        let workers = await listener.reports()
        let (configuration, state) = (snapshot.configuration, await readiness.state)
        let now = Timestamp.now
        var report = StatusReport(at: now, startedAt: startedAt, state: state, since: memory.note(state, at: now))
        (report.problems, report.generation) = (await readiness.lines, Int(clamping: snapshot.generation))
        report.digest = snapshot.sha256
        report.history = history.intervals(at: Moment.steadyNanoseconds())
        report.workers = workers.enumerated().map { number, worker in
            var row = StatusReport.WorkerRow(number: number)
            let rate = history.rate(ofWorker: number)
            (row.requestsPerSecond, row.busy) = (rate?.requests, rate?.busy)
            (row.connections, row.waiting) = (worker?.figures.connections, worker?.figures.waiting)
            return row
        }
        report.issuers =
            try await keySets.status().map { $0.row(at: Moment.steadyNanoseconds()) }
            + snapshot.rowsWithoutKeys(problems: try await claims.problems())
        report.store = storeRow(of: configuration, workers: workers, at: now)
        report.warnings = warnings.lines
        if let resolver = workers.resolver {
            report.caches = [
                cacheRow("tokens", resolver.tokenCache, \.tokens),
                cacheRow("sessions", resolver.sessionCache, \.sessions),
            ]
            report.count(workers.listener, resolver.tally)
        }
        report.servers = try await serverRows(of: snapshot, tally: workers.resolver?.tally)
        report.limits = try await limitRows(of: snapshot, workers: workers)
        return report
    }

    private func cacheRow(
        _ name: String, _ figures: CacheFigures, _ samples: (StatusSample) -> StatusSample.Cache
    ) -> StatusReport.CacheRow {
        let history = memory.history
        var row = StatusReport.CacheRow(
            cache: name, entries: figures.entries, bytes: figures.bytes, evictions: figures.evictions)
        row.hitRate1m = history.hitRate(of: samples, within: .seconds(60))
        row.hitRate15m = history.hitRate(of: samples, within: .seconds(900))
        return row
    }

    private func storeRow(
        of configuration: Configuration, workers: [WorkerReport?], at now: Timestamp
    ) -> StatusReport.StoreRow {
        let store = configuration.sessions.store
        var row = StatusReport.StoreRow(form: store.form)
        row.address = store.place ?? configuration.authgear.flatMap { store.isAuthgear ? $0.endpoint.place : nil }
        if store.isAuthgear { row.revocationBound = configuration.authgear?.maxAge }
        guard case .redis = store else { return row }
        let figures = stores.figures(of: workers)
        (row.role, row.connections) = (figures.role.map { "\($0)" }, figures.connections)
        row.connectedSince = figures.connectedAt.map { now - .nanoseconds(Moment.steadyNanoseconds() - $0) }
        (row.lastProof, row.reconnections) = (figures.proofAge, figures.reconnects)
        row.revocationBound = workers.revocationLag
        row.changesPerSecond = memory.history.changes(within: .seconds(60))
        guard let view = workers.sentinels else { return row }
        if case .majority(let primary) = view.choice { row.address = "\(primary)" }
        row.sentinels = view.rows.map { sentinel in
            .init(address: "\(sentinel.place)", state: sentinel.voice.rawValue, problem: sentinel.problem)
        }
        return row
    }

    /// - Parameter tally: of all workers; nil where none has answered yet.
    private func serverRows(of snapshot: ConfigurationSnapshot, tally: Tally?) async throws -> [StatusReport.ServerRow]
    {
        let configuration = snapshot.configuration
        var rows: [StatusReport.ServerRow] = []
        if let asked = configuration.authgear {
            var row = StatusReport.ServerRow(
                asked.endpoint.place, for: "authgear", figures: try await authgear.figures())
            var results: [(result: String, count: Int)] = []
            tally?.forEachQuestion { _, result, count in results.add(count, to: "\(result)") }
            row.results = results
            rows.append(row)
        }
        let figures = try await claims.figures()
        for (server, name) in snapshot.askedServers {
            guard let figures = figures[server] else { continue }
            var row = StatusReport.ServerRow(name, for: "\(server.purpose.label)", figures: figures)
            var results: [(result: String, count: Int)] = []
            tally?.forEachServerQuestion { other, purpose, result, count in
                if other == name, "\(purpose)" == row.purpose { results.add(count, to: "\(result)") }
            }
            row.results = results
            rows.append(row)
        }
        return rows
    }

    private func limitRows(
        of snapshot: ConfigurationSnapshot, workers: [WorkerReport?]
    ) async throws -> [StatusReport.LimitRow] {
        let (configuration, process) = (snapshot.configuration, ProcessFigures.current)
        let connections = listener.connections
        var rows: [StatusReport.LimitRow] = [
            .init("limits.connections", used: connections.open, of: connections.limit),
            .init(
                "limits.buffered_bytes", used: workers.heldBytes, of: configuration.limits.bufferedBytes, in: .bytes),
            .init("open files", used: process.openFiles, of: process.maximumFiles),
        ]
        if let resolver = workers.resolver { rows += configuration.cacheRows(resolver) }
        if case .redis = configuration.sessions.store {
            let pending = stores.figures(of: workers).pending
            rows.append(.init("Redis look-ups of a worker", used: pending, of: configuration.limits.maximumPending))
        }
        if let asked = configuration.authgear {
            let figures = try await authgear.figures()
            rows += [
                .init("authgear.connections", used: figures.sent, of: asked.connections),
                .init("authgear.waiting", used: figures.waiting, of: asked.waiting),
            ]
        }
        rows += snapshot.limitRows(of: try await claims.figures())
        if configuration.dpop != nil {
            rows.append(.init("used DPoP proofs", used: replays.count, of: ReplayCache.maximumCount))
        }
        if configuration.tracing != nil {
            rows.append(.init("waiting spans", used: spans.queue.waitingCount, of: SpanQueue.capacity))
        }
        return rows
    }
}

extension Configuration {
    fileprivate func cacheRows(_ resolver: ResolverFigures) -> [StatusReport.LimitRow] {
        let ofTokens: [StatusReport.LimitRow] = [
            .init("tokens.cache.entries", used: resolver.tokenCache.entries, of: tokens.cache.entries),
            .init("tokens.cache.bytes", used: resolver.tokenCache.bytes, of: tokens.cache.bytes, in: .bytes),
        ]
        guard cacheRules.sessions.entries > 0 else { return ofTokens }
        return ofTokens + [
            .init("sessions.cache.entries", used: resolver.sessionCache.entries, of: sessions.cache.entries),
            .init("sessions.cache.bytes", used: resolver.sessionCache.bytes, of: sessions.cache.bytes, in: .bytes),
        ]
    }
}
