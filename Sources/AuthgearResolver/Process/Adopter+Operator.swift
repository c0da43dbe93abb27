import Logging
import Questions
import ServiceLifecycle
import Telemetry
import Worker

// What the operator sees and changes of the parts.
extension Adopter {
    /// What the admin listener tells of them.
    func scrape(
        reloader: Reloader?, drain: DrainMark, replays: SharedReplayMemory, warnings: RecentWarnings, log: LimitedLog
    ) -> Scrape {
        Scrape(
            current: current, listener: listener, loops: loops, keySets: keySets, stores: stores, apiTokens: apiTokens,
            serverTLS: serverTLS, spans: spans, authgear: authgear, claims: claims, reloader: reloader, drain: drain,
            log: log, replays: replays, warnings: warnings)
    }

    /// What the operator can change.
    func changes(reloader: Reloader?, drain: DrainMark, _ supervisor: Supervisor) -> OperatorChanges {
        OperatorChanges(
            current: current, loops: loops, reloader: reloader, level: logLevel, drain: drain, supervisor: supervisor,
            logger: logger)
    }

    /// Who looks at something now and then.
    func watches(_ supervisor: Supervisor, scrape: Scrape, log: LimitedLog) -> [(any Service)?] {
        [
            StartUpPages(), LogCatchUp(log: log), Watchdog(supervisor, turn: loops.turned), StatusWatch(scrape: scrape),
            UnknownWatch(loops: loops, logger: logger), APITokenWatch(source: apiTokens, loops: loops, logger: logger),
            ServerTLSWatch(source: serverTLS, logger: logger),
            RedisCredentialWatch(current: current, loops: loops, logger: logger),
        ]
    }
}
