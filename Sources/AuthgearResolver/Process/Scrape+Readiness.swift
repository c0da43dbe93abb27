import Authentication
import Bytes
import EventLoop
import KeySets
import Questions
import Redis
import Trust
import Worker

// What can be answered at this moment.
extension Scrape {
    /// What hangs, a line each.
    func stalled() -> [String] {
        loops.stalled(at: Moment.steadyNanoseconds()).map { worker, silence in
            "worker \(worker) has not turned for \(silence.components.seconds) s"
        }
    }

    /// Asks each part at this moment; the store for a few records of nobody. Who hangs is not asked.
    func readiness() async -> Readiness {
        guard !drain.isSet else { return .draining }
        let (snapshot, stalled) = (current.snapshot, stalled())
        do {
            let servers = try await claims.problems()
            // At the same time: a worker that does not answer is waited for once.
            async let ofStore = storeSources(of: snapshot.configuration)
            async let beside = notes(on: snapshot, problems: servers)
            var sources = try await keySets.status().map(\.source)
            sources += snapshot.askedSources(problems: servers)
            sources += try await ofStore
            if apiTokens.list != nil { sources.append(Readiness.Source(.other("api tokens"))) }
            return Readiness(
                sources, notes: stalled + (try await beside), rule: snapshot.configuration.admin.ready,
                isStuck: stalled.count == loops.pulses.count)
        } catch {
            // Only the end of the process keeps its parts from answering.
            return .draining
        }
    }

    private func storeSources(of configuration: Configuration) async throws -> [Readiness.Source] {
        switch configuration.sessions.store {
        case .none: return []
        case .memory: return [Readiness.Source(.store)]
        case .authgear:
            return [
                Readiness.Source(.store, problem: try await authgear.status(), isTried: try await authgear.isTried())
            ]
        case .redis:
            let (problem, isTried) = await stores.trial(asking: configuration.trialQueries)
            return [Readiness.Source(.store, problem: problem.map { "session store: \($0)" }, isTried: isTried)]
        }
    }

    /// What is wrong beside what credentials are checked with.
    private func notes(
        on snapshot: ConfigurationSnapshot, problems: [AskedServer: String]
    ) async throws -> [String] {
        // Without a majority sessions are read anew, from whoever says that it is the primary.
        let sentinels = await stores.sentinels()?.problem.map { "session store: \($0)" }
        let isFallback = !snapshot.configuration.sessions.store.isAuthgear && snapshot.configuration.authgear != nil
        let asked = isFallback ? try await authgear.status() : nil
        return [sentinels, apiTokens.problem, serverTLS.problem, asked].compactMap(\.self)
            + snapshot.furtherServers.compactMap { problems[$0] }
    }
}

extension IssuerStatus {
    fileprivate var source: Readiness.Source {
        Readiness.Source(
            .issuer(issuer), problem: problem.map { "issuer \(issuer): \($0)" }, isTried: isTried, isNew: isNew)
    }
}

extension ConfigurationSnapshot {
    /// Who has no keys and is asked instead. Nobody can be asked before there is a credential: that counts as tried.
    fileprivate func askedSources(problems: [AskedServer: String]) -> [Readiness.Source] {
        let issuers = zip(configuration.issuers, issuerIDs).filter { !$0.0.hasKeys }.map { issuer, id in
            Readiness.Source(.issuer(issuer.identifier), problem: problems[AskedServer(.introspection, of: id)])
        }
        let cookies = configuration.cookiesWithIDs(issuerIDs).map { cookie, id in
            Readiness.Source(.other("cookie \(cookie.name)"), problem: problems[AskedServer(.cookie, of: id)])
        }
        return issuers + cookies
    }

    /// Who is asked about some of an issuer's tokens, or for what they lack.
    fileprivate var furtherServers: [AskedServer] {
        zip(configuration.issuers, issuerIDs).flatMap { issuer, id in
            (issuer.hasKeys ? [AskedServer(.introspection, of: id)] : []) + [AskedServer(.userinfo, of: id)]
        }
    }
}
