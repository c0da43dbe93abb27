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
    func status() async throws -> StatusReport {
        let snapshot = current.snapshot
        // Who hangs does not answer: what others know is told all the same, and which one it is.
        let stalled = stalled()
        guard stalled.isEmpty else { return try await report(on: snapshot, state: .degraded, problems: stalled) }
        let readiness = await readiness()
        var report = try await report(on: snapshot, state: readiness.state, problems: readiness.lines)
        let (configuration, resolver) = (snapshot.configuration, try await resolverFigures())
        report.caches = [
            cacheRow("tokens", resolver.tokenCache, \.tokens), cacheRow("sessions", resolver.sessionCache, \.sessions),
        ]
        for (number, worker) in zip(report.workers.indices, try await listener.workers()) {
            (report.workers[number].connections, report.workers[number].waiting) = (worker.connections, worker.waiting)
        }
        report.store = try await storeRow(of: configuration, at: report.at)
        report.limits += try await limitRows(of: configuration, resolver: resolver)
        report.count(try await listener.figures(), resolver.tally)
        report.servers = try await serverRows(of: snapshot, tally: resolver.tally)
        return report
    }

    /// What can be told without the workers.
    private func report(
        on snapshot: ConfigurationSnapshot, state: Readiness.State, problems: [String]
    ) async throws -> StatusReport {
        let (now, history, connections) = (Timestamp.now, memory.history, listener.connections)
        var report = StatusReport(at: now, startedAt: startedAt, state: state, since: memory.note(state, at: now))
        (report.problems, report.generation) = (problems, Int(clamping: snapshot.generation))
        report.digest = snapshot.sha256
        report.history = history.intervals(at: Moment.steadyNanoseconds())
        report.workers = loops.mailboxes.indices.map { number in
            var row = StatusReport.WorkerRow(number: number)
            let rate = history.rate(ofWorker: number)
            (row.requestsPerSecond, row.busy) = (rate?.requests, rate?.busy)
            return row
        }
        report.issuers = try await keySets.status().map { $0.row(at: Moment.steadyNanoseconds()) }
        report.servers = try await serverRows(of: snapshot, tally: nil)
        report.limits = [.init("limits.connections", used: connections.open, of: connections.limit)]
        report.warnings = warnings.lines
        return report
    }

    private func resolverFigures() async throws -> ResolverFigures {
        let all = try await loops.collect { ResolverFigures($0.resolver) }
        guard var sum = all.first else { throw LoopSet.Ended() }
        for other in all.dropFirst() { sum.merge(other) }
        return sum
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

    private func storeRow(of configuration: Configuration, at now: Timestamp) async throws -> StatusReport.StoreRow {
        let store = configuration.sessions.store
        var row = StatusReport.StoreRow(form: store.form)
        row.address = store.place ?? configuration.authgear.flatMap { store.isAuthgear ? $0.endpoint.place : nil }
        if store.isAuthgear { row.revocationBound = configuration.authgear?.maxAge }
        guard case .redis = store else { return row }
        let figures = try await stores.figures()
        (row.role, row.connections) = (figures.role.map { "\($0)" }, figures.connections)
        row.connectedSince = figures.connectedAt.map { now - .nanoseconds(Moment.steadyNanoseconds() - $0) }
        (row.lastProof, row.reconnections) = (figures.proofAge, figures.reconnects)
        row.revocationBound = try await stores.revocationLag()
        row.changesPerSecond = memory.history.changes(within: .seconds(60))
        guard let view = try await stores.sentinels() else { return row }
        if case .majority(let primary) = view.choice { row.address = "\(primary)" }
        row.sentinels = view.rows.map { sentinel in
            .init(address: "\(sentinel.place)", state: sentinel.voice.rawValue, problem: sentinel.problem)
        }
        return row
    }

    /// - Parameter tally: of all workers; nil where these can't be asked.
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
        of configuration: Configuration, resolver: ResolverFigures
    ) async throws -> [StatusReport.LimitRow] {
        let process = ProcessFigures.current
        let held = try await loops.collect { $0.heldBytes }.reduce(0, +)
        let (tokens, sessions) = (configuration.tokens.cache, configuration.sessions.cache)
        var rows: [StatusReport.LimitRow] = [
            .init("limits.buffered_bytes", used: held, of: configuration.limits.bufferedBytes, in: .bytes),
            .init("open files", used: process.openFiles, of: process.maximumFiles),
            .init("tokens.cache.entries", used: resolver.tokenCache.entries, of: tokens.entries),
            .init("tokens.cache.bytes", used: resolver.tokenCache.bytes, of: tokens.bytes, in: .bytes),
        ]
        if configuration.cacheRules.sessions.entries > 0 {
            rows += [
                .init("sessions.cache.entries", used: resolver.sessionCache.entries, of: sessions.entries),
                .init("sessions.cache.bytes", used: resolver.sessionCache.bytes, of: sessions.bytes, in: .bytes),
            ]
        }
        if let asked = configuration.authgear {
            let figures = try await authgear.figures()
            rows += [
                .init("authgear.connections", used: figures.sent, of: asked.connections),
                .init("authgear.waiting", used: figures.waiting, of: asked.waiting),
            ]
        }
        if configuration.dpop != nil {
            rows.append(.init("used DPoP proofs", used: replays.count, of: ReplayCache.maximumCount))
        }
        return rows
    }
}
