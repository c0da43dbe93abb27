import Authentication
import Bytes
import EventLoop
import KeySets
import Questions
import Redis
import Telemetry
import Trust
import Worker

/// What the admin listener tells, collected from all parts when it is asked for.
struct Scrape: Sendable {
    let current: CurrentConfiguration
    let listener: Listener
    let loops: LoopSet
    let keySets: KeySets
    let stores: RecordStores
    let apiTokens: APITokenSource
    let serverTLS: ServerTLSSource
    let spans: SpanExporter
    let authgear: AuthgearClient
    let claims: ClaimsClients
    let reloader: Reloader?
    let drain: DrainMark
    let log: LimitedLog
    let certificates = CertificateDates()
    let replays: SharedReplayMemory
    let warnings: RecentWarnings
    let memory = StatusMemory(startedAt: .now)
    let startedAt = Timestamp.now

    var pages: [AdminPage] {
        [
            .health(stalled), .readiness(readiness), .metrics { try await metrics().bytes(in: $0) },
            .status(status), .statusForPrograms(status),
            .configuration { [current] in
                let snapshot = current.snapshot
                return (snapshot.generation, snapshot.sha256, snapshot.redacted)
            },
            .jwks { [current] in current.configuration.assertion?.jwks },
        ]
    }

    private func metrics() async throws -> MetricsPage {
        let snapshot = current.snapshot
        let maxAge = snapshot.configuration.authgear?.maxAge ?? .zero
        // At the same time: a worker that hangs is waited for once.
        async let readiness = readiness()
        let workers = await listener.reports()
        return MetricsPage(
            listener: workers.listener, connections: listener.connections,
            workers: workers.map { $0?.figures }, resolvers: workers.compactMap { $0?.resolver },
            issuers: try await keySets.status(), store: stores.figures(of: workers), sentinels: workers.sentinels,
            revocationLag: snapshot.configuration.sessions.store.isAuthgear ? maxAge : workers.revocationLag,
            reload: ReloadFigures(
                generation: snapshot.generation, sha256: snapshot.sha256, done: reloader?.figures.done ?? 0,
                refused: reloader?.figures.refused ?? 0), apiTokens: apiTokens.figures, serverTLS: serverTLS.figures,
            certificates: certificates.dates(of: snapshot.configuration.certificateFiles),
            droppedSpans: spans.queue.droppedCount, isReady: await readiness.isReady(), isDraining: drain.isSet,
            startedAt: startedAt,
            suppressedLines: log.suppressed, process: .current,
            clock: LoopClock())
    }
}

extension Configuration {
    /// The files of certificates whose end is ours to know: those that we show, and those that clients' are checked by.
    var certificateFiles: [NamedFile] {
        let server = tls.server.map { [$0.certificate] + ($0.clientAnchors.map { [$0] } ?? []) } ?? []
        guard case .redis(let redis) = sessions.store, let own = redis.tls.identity else { return server }
        return server + [own.certificate]
    }
}
