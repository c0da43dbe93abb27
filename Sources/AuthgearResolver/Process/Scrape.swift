import Authentication
import Bytes
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
    let authgear: AuthgearClient
    let reloader: Reloader?
    let drain: DrainMark
    let startedAt = Timestamp.now

    var pages: AdminPages {
        AdminPages(
            missing: { await missing() }, degraded: { await degraded() }, metrics: { try await metrics().text },
            jwks: { [current] in current.configuration.assertion?.jwks })
    }

    /// What keeps requests from being answered.
    private func missing() async -> [String] {
        guard !drain.isSet else { return ["draining"] }
        do {
            let issuers = try await keySets.status().filter { !$0.isNew }.compactMap(\.line)
            let problem = try await stores.problem(asking: current.configuration.trialQueries)
            let isNeeded = current.configuration.sessions.store.isAuthgear
            let authgear = isNeeded ? try await authgear.status() : nil
            return issuers + (problem.map { ["session store: \($0)"] } ?? []) + (authgear.map { [$0] } ?? [])
        } catch {
            return ["the process is ending"]
        }
    }

    /// What is wrong although requests are answered.
    private func degraded() async -> [String] {
        // Those that a reload has brought: that their keys are yet to come is no reason to take those away who are answered.
        let issuers = (try? await keySets.status().filter(\.isNew).compactMap(\.line)) ?? []
        // Without a majority sessions are read anew, from whoever says that it is the primary.
        let sentinels = (try? await stores.sentinels())?.problem.map { "session store: \($0)" }
        let lines = issuers + [sentinels, apiTokens.problem, serverTLS.problem].compactMap(\.self)
        let configuration = current.configuration
        guard configuration.authgear != nil, !configuration.sessions.store.isAuthgear,
            let problem = try? await authgear.status()
        else { return lines }
        return lines + [problem]
    }

    private func metrics() async throws -> MetricsPage {
        let snapshot = current.snapshot
        let maxAge = snapshot.configuration.authgear?.maxAge ?? .zero
        return MetricsPage(
            listener: try await listener.figures(), connections: listener.connections,
            resolvers: try await loops.collect { ResolverFigures($0.resolver) },
            issuers: try await keySets.status(), store: try await stores.figures(),
            sentinels: try await stores.sentinels(),
            revocationLag: snapshot.configuration.sessions.store.isAuthgear
                ? maxAge : try await stores.revocationLag(),
            reload: ReloadFigures(
                generation: snapshot.generation, sha256: snapshot.sha256, done: reloader?.figures.done ?? 0,
                refused: reloader?.figures.refused ?? 0), apiTokens: apiTokens.figures, serverTLS: serverTLS.figures,
            isDraining: drain.isSet, startedAt: startedAt)
    }
}

extension IssuerStatus {
    /// What is wrong with it, for a person.
    fileprivate var line: String? { problem.map { "issuer \(issuer): \($0)" } }
}
