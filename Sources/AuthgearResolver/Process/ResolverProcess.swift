import Authentication
import Bytes
package import EventLoop
import HTTP1
import JOSE
import KeySets
package import Logging
import NIOCore
import NIOPosix
import Questions
import Redis
import ServiceLifecycle
import Telemetry
package import Trust
import Worker

/// Who owns what, in start order. The only place where the parts meet: effects never know each other.
///
///     key sets ──▶ questions to Authgear ──▶ questions for claims ──▶ spans ──▶ admin listener ──▶ listener ──▶ reloader ──▶ control socket
///
/// None waits for another. They end in the opposite order: who changes the configuration, then the listener, so that whatever a
/// request in flight waits for is still there. Each worker of the listener has its own connection to the session store.
package struct ResolverProcess {
    /// The addresses that are listened on, with the ports that the system picked.
    package struct Addresses: Sendable {
        package var gateway: [ListenAddress]
        package var admin: ListenAddress
    }

    private let current: CurrentConfiguration
    private let logger: Logger
    /// Fetches keys and serves the operator, so that neither costs a request anything.
    private let background: MultiThreadedEventLoopGroup
    private let listener: Listener
    private let admin: AdminListener
    private let control: ControlListener?
    /// Nil where there is no file that could be read again.
    private let reloader: Reloader?
    private let drain = DrainMark()
    private let supervisor: Supervisor
    private let handOver: HandOver
    /// Starts them in this order, and ends them in the opposite one.
    private let group: ServiceGroup

    /// - Parameters:
    ///   - apiTokens: what their file holds; nothing where none are configured.
    ///   - serverTLS: what TLS is served by; nothing where it is not.
    ///   - context: sockets that are there already, and who is told how the process is.
    ///   - level: the log's, where the operator may set it and no source has it.
    ///   - source: nil: the configuration is no file's, and can't be read again.
    package init(
        _ configuration: Configuration, stores origin: RecordStores.Origin, apiTokens: APITokenSource = .init(nil),
        serverTLS: ServerTLSSource = .init(nil), startingWith context: StartContext = .init(), logger: Logger,
        logLevel level: SharedLogLevel? = nil, reloadingFrom source: Reloader.Source? = nil
    ) throws(FileLimitError) {
        let warnings = RecentWarnings()
        let logger = warnings.listening(to: logger)
        // First: without files left the threads below would not come into being.
        let connections = try configuration.raiseFileLimit()
        var registry = IssuerRegistry()
        let ids = registry.ids(of: configuration.terms)
        let loaded = source?.loaded ?? LoadedConfiguration(configuration: configuration)
        let current = CurrentConfiguration(ConfigurationSnapshot(loaded, generation: 1, issuerIDs: ids))
        let (loops, log) = (LoopSet(count: configuration.loopCount), LimitedLog(logger))
        let (background, replays) = (MultiThreadedEventLoopGroup(numberOfThreads: 1), SharedReplayMemory())
        let stores = RecordStores(origin, areCached: configuration.sessions.areCached, for: loops, log: log)
        let fetcher = KeyFetcher(group: background, proxies: configuration.http.proxies)
        let keySets = KeySets(
            configuration.keySetSettings(issuerIDs: ids), keeping: configuration.keyKeeping(log: log),
            on: background.next(), fetcher: fetcher, log: log, publish: loops.publish)
        let authgear = AuthgearClient(configuration.authgearEndpoint(on: background), on: background.next(), log: log)
        let claims = configuration.claimsClients(ids: ids, on: background, log: log)
        let spans = SpanExporter(configuration.collectorSettings, on: background, log: log)
        let listener = Listener(
            configuration.listenerSettings(connections: connections), inheriting: context.sockets, on: loops,
            resolver: { current.snapshot.resolver(apiTokens: apiTokens.list, replays: replays) },
            effects: EffectSources(
                stores: stores, keySets: keySets, authgear: authgear, claims: claims, serverTLS: serverTLS,
                loops: loops, refusals: RefusalLog(logger: logger, current: current), spans: spans, log: log
            ).effects, redis: stores.redis)
        let adopter = Adopter(
            current: current, loops: loops, listener: listener, keySets: keySets, fetcher: fetcher, authgear: authgear,
            claims: claims, stores: stores, apiTokens: apiTokens, serverTLS: serverTLS, spans: spans,
            background: background, logLevel: source?.logLevel ?? level, logger: logger)
        let reloader = source.map { adopter.reloader(of: $0, registry: registry, supervisor: context.supervisor) }
        let scrape = adopter.scrape(reloader: reloader, drain: drain, replays: replays, warnings: warnings, log: log)
        let changes = adopter.changes(reloader: reloader, drain: drain, context.supervisor)
        let admin = changes.listener(inheriting: context.sockets, besides: scrape.pages, on: background.next())
        handOver = HandOver(listener: listener, admin: admin, readiness: scrape.readiness, drain: drain, logger: logger)
        let control = handOver.control(at: configuration.admin.control, context.sockets, reloader: reloader)
        let takeOver = context.takeOver(by: listener, admin, control, readiness: scrape.readiness, logger: logger)
        (self.current, self.logger, self.background, supervisor) = (current, logger, background, context.supervisor)
        (self.listener, self.admin, self.control, self.reloader) = (listener, admin, control, reloader)
        self.group = Self.group(
            of: [keySets, authgear, claims, spans, admin, listener],
            [Opening(listener: listener, supervisor: supervisor, takeOver: takeOver)],
            adopter.watches(supervisor, scrape: scrape, log: log), [reloader, control],
            [reloader.map { ConfigurationWatch(reloader: $0, current: current) }], changes.services)
        adopter.noteShortage(connections, of: configuration)
    }

    /// Ends the last of them first: who asks for a reload before what it would change, and the listener before what its requests
    /// wait for.
    private static func group(of services: [(any Service)?]...) -> ServiceGroup {
        let services = services.joined().compactMap(\.self).map { service in
            // Who is told to drain ends by itself, and all others with it.
            ServiceGroupConfiguration.ServiceConfiguration(
                service: service,
                successTerminationBehavior: service is DrainOrder ? .gracefullyShutdownGroup : .cancelGroup)
        }
        // Its lines would be names of types; what they tell is logged by each part.
        let silence = Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }
        return ServiceGroup(configuration: ServiceGroupConfiguration(services: services, logger: silence))
    }

    /// Binds all addresses, or none; then the ports are known and nothing is answered yet.
    package func bind() async throws -> Addresses {
        let addresses = Addresses(gateway: try listener.bind(), admin: try await admin.bind())
        try control?.bind()
        return addresses
    }

    /// Serves until the process is told to end by a signal.
    ///
    /// - Parameter hangUpEnds: whether SIGHUP is such a signal.
    func run(hangUpEnds: Bool = false) async throws {
        // Heard from here on: also who is told to end while it starts ends in order.
        let signals = await ProcessSignals(hangUpEnds: hangUpEnds)
        let watch = signals.watch(logger, reload: reload) { await end() }
        defer { watch.cancel() }
        try await serve()
    }

    /// Serves until it is told to end. Binds, unless that was done.
    package func serve() async throws {
        let addresses = try await bind()
        logStart(at: addresses)
        let leaving = Task {
            guard await handOver.isDone.wait() else { return }
            supervisor.stopping("another process has taken over")
            await group.triggerGracefulShutdown()
        }
        defer { leaving.cancel() }
        try await group.run()
        // Only now: keys, questions and the admin listener ran on it until the group had ended.
        try await background.shutdownGracefully()
        logger.info("stopped")
    }

    /// Begins the orderly end. For `shutdown.delay` nothing changes but `/readyz`, so that a balancer that reads it stops
    /// asking here; then no more connections are accepted, and requests in flight are answered. Before `serve`, it is
    /// remembered.
    package func end() async {
        drain.set()
        supervisor.stopping("answering what is in flight")
        try? await Task.sleep(for: current.configuration.shutdown.delay)
        await group.triggerGracefulShutdown()
    }

    /// What SIGHUP does; nil where there is no file.
    private var reload: (@Sendable () async -> Void)? {
        guard let reloader else { return nil }
        return { _ = await reloader.reload("SIGHUP") }
    }

    private func logStart(at addresses: Addresses) {
        let configuration = current.configuration
        var bound = addresses.gateway[...]
        for _ in configuration.listen {
            if let address = bound.popFirst() { logger.info("listening", metadata: .init([.address: "\(address)"])) }
        }
        for _ in configuration.secured {
            if let address = bound.popFirst() {
                logger.info("listening", metadata: .init([.address: "https://\(address)"]))
            }
        }
        for (call, address) in zip(configuration.calls, bound) {
            logger.info("listening", metadata: .init([.address: "\(call.bound(to: address))"]))
        }
        logger.info("listening for the operator", metadata: .init([.address: "\(addresses.admin)"]))
        for issuer in configuration.issuers {
            logger.info("accepting tokens", metadata: .init([.issuer: issuer.identifier]))
        }
        logger.info("looking sessions up", metadata: .init([.store: configuration.sessions.store.description]))
    }
}
