import Authentication
import EventLoop
import KeySets
import Logging
import NIOPosix
import Questions
import Telemetry
import Trust
import Worker

/// Has all parts take another configuration.
///
/// Each worker changes over between two requests, issuers' keys and rules at once. What a worker asks of others meanwhile is answered
/// by either, and judged by what the worker holds when the reply comes.
struct Adopter: Sendable {
    let current: CurrentConfiguration
    let loops: LoopSet
    let listener: Listener
    let keySets: KeySets
    let fetcher: KeyFetcher
    let authgear: AuthgearClient
    let claims: ClaimsClients
    let stores: RecordStores
    let apiTokens: APITokenSource
    let serverTLS: ServerTLSSource
    let spans: SpanExporter
    let background: MultiThreadedEventLoopGroup
    /// Nil where the log's level is not ours to set.
    let logLevel: SharedLogLevel?
    let logger: Logger

    /// Returns when every worker decides by it, but for those that hang: they do from when they go on.
    ///
    /// - Returns: the numbers of those.
    func adopt(_ adoption: Reloader.Adoption) async throws -> Set<Int> {
        let (former, snapshot) = (current.configuration, adoption.snapshot)
        let configuration = snapshot.configuration
        // First: nothing is fetched by the new ones yet.
        if configuration.http.proxies != former.http.proxies { await fetcher.adopt(configuration.http.proxies) }
        let endpoint =
            configuration.authgearChange(since: former) ? configuration.authgearEndpoint(on: background) : nil
        // Until all workers have the rules: what one asks by its own is asked of the Authgear that these name, or judged anew.
        if endpoint != nil { try await authgear.hold() }
        let listening = configuration.listenerSettings(connections: adoption.connections)
        try await prepare(snapshot, listening: listening)
        let settings = snapshot.resolverSettings
        apiTokens.adopt(adoption.apiTokens)
        if let reading = adoption.serverTLS { serverTLS.update(reading) }
        let redis = configuration.redisChange(since: former).map(redisSettings)
        try await keySets.adopt(configuration.keySetSettings(issuerIDs: snapshot.issuerIDs)) { ring in
            for (number, mailbox) in loops.mailboxes.enumerated() {
                let records = adoption.records
                // The rules are here before Redis is, which comes by the first worker: other keys, asked for at the former server,
                // would be missing there.
                if redis != nil { mailbox.post(.hold) }
                mailbox.post(
                    .perform { [apiTokens, logLevel] context in
                        if let records {
                            stores.adopt(records, worker: number)
                            context.storeChanged()
                        }
                        var settings = settings
                        settings.apiTokens = apiTokens.list
                        context.adopt(
                            listening.connection, settings, keys: ring, observing: listening.observation)
                        // A level that holds for a while may be another one than the file's.
                        if let logLevel { context.resolver.tally.takesNotes = logLevel.value <= .debug }
                    })
            }
            // The first owns the feed, and tells the others.
            if let redis, let first = redis.first {
                first.worker.post(.adopt(first.settings, next: Array(redis.dropFirst())))
            }
        }
        // A mailbox is read in order: who answers has changed over. By then the first has told the others of Redis.
        _ = try await loops.perform { _ in }
        if let endpoint { try await authgear.adopt(endpoint) }
        try await claims.keep(Set(snapshot.issuerIDs))
        // The second answer comes in a later turn, and behind what the first has told: what was decided on before the change has been sent.
        let late = Set(try await loops.perform { _ in })
        current.adopt(snapshot)
        noteShortage(adoption.connections, of: configuration)
        return late
    }

    /// Before the workers decide by it: whom they ask is there; who is asked no longer is, too, until none does.
    private func prepare(_ snapshot: ConfigurationSnapshot, listening: Listener.Settings) async throws {
        let configuration = snapshot.configuration
        try await claims.add(configuration.claimsEndpoints(ids: snapshot.issuerIDs, on: background))
        await spans.adopt(configuration.collectorSettings)
        logLevel?.configure(configuration.log.level)
        listener.adopt(listening)
    }

    /// What each worker is told of a Redis that is spoken with in another way.
    private func redisSettings(after change: RedisChange) -> [(worker: WorkerMailbox, settings: RedisSettings)] {
        loops.mailboxes.enumerated().map { number, worker in
            (worker: worker, settings: stores.redis(change, worker: number))
        }
    }

    /// Reads the file again, and has the parts take it.
    ///
    /// - Parameters:
    ///   - registry: has given the ids of the issuers that there are.
    ///   - supervisor: is told of each reload.
    func reloader(
        of source: Reloader.Source, registry: IssuerRegistry, supervisor: Supervisor
    ) -> Reloader {
        Reloader(
            source, current: current, apiTokens: apiTokens, registry: registry, supervisor: supervisor, logger: logger,
            redisProblem: redisProblem, adopt: adopt)
    }

    /// Why the Redis that a configuration moves to can't be read: it is tried once, within `connect_timeout` and a second. Nil when
    /// it can, or is the one of before; and where that one can't be read either, because nobody is worse off then. Without the first
    /// worker, which tells the others, all would be without a Redis.
    func redisProblem(_ configuration: Configuration) async -> String? {
        let held = current.configuration
        guard let change = configuration.redisChange(since: held) else { return nil }
        if loops.hanging.contains(0) {
            return "worker 0 hangs, behind which all others change over to another redis"
        }
        guard await stores.problem(asking: held.trialQueries) == nil else { return nil }
        let silence = LimitedLog(Logger(label: "probe") { _ in SwiftLogNoOpLogHandler() })
        let (status, _) = await RecordReader.probe(
            change.configuration, asking: configuration.trialQueries, log: silence)
        return if case .unreachable(let reason) = status { reason } else { nil }
    }

    func noteShortage(_ connections: Int, of configuration: Configuration) {
        guard connections < configuration.limits.connections else { return }
        logger.warning(
            "the limit of open files allows fewer connections than limits.connections",
            metadata: .init([.count: "\(connections)"]))
    }
}
