import Authentication
import Bytes
package import EventLoop
import JOSE
import KeySets
package import Logging
import NIOCore
import NIOPosix
import Questions
import Redis
import ServiceLifecycle
import Telemetry
import Worker

/// Who owns what, in start order. The only place where the parts meet: effects never know each other.
///
///     key sets ──▶ questions to Authgear ──▶ admin listener ──▶ listener
///
/// None waits for another. They end in the opposite order: the listener first, so that whatever a request in flight waits for
/// is still there. Each worker of the listener has its own connection to the session store.
package struct Parts {
    /// The addresses that are listened on, with the ports that the system picked.
    package struct Addresses: Sendable {
        package var gateway: [ListenAddress]
        package var admin: ListenAddress
    }

    private let configuration: Configuration
    private let logger: Logger
    /// Fetches keys and serves the operator, so that neither costs a request anything.
    private let background: MultiThreadedEventLoopGroup
    private let keySets: KeySets
    private let listener: Listener
    private let admin: AdminListener
    private let drain: DrainMark
    /// Starts them in this order, and ends them in the opposite one.
    private let group: ServiceGroup

    package init(
        _ configuration: Configuration, stores origin: RecordStores.Origin, logger: Logger
    ) throws(FileLimitError) {
        // First: without files left the threads below would not come into being.
        let connections = try configuration.raiseFileLimit()
        let loops = LoopSet(count: configuration.loopCount)
        let background = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let log = LimitedLog(logger)
        let stores = RecordStores(origin, areCached: configuration.sessions.cache.isOn, for: loops, log: log)
        let keySets = KeySets(
            configuration.keySetSettings, on: background.next(),
            fetcher: KeyFetcher(group: background, proxies: configuration.http.proxies), log: log,
            publish: loops.publish)
        let authgear = configuration.authgearClient(on: background, log: log)
        let refusals = RefusalLog(logger: logger, issuers: Set(configuration.issuers.map { Array($0.identifier.utf8) }))
        let listener = Listener(
            configuration.listenerSettings(connections: connections), on: loops,
            resolver: configuration.resolver,
            effects: { number in
                var effects = stores.effects(worker: number) { key, ticket in
                    keySets.find(key) { reply in loops.mailboxes[number].post(.reply(ticket, .key(reply))) }
                }
                if let authgear { effects.ask(authgear, repliesTo: number, of: loops.mailboxes, log) }
                effects.noteRefusals = refusals.write
                effects.noteLongAnswers = log.note
                return effects
            }, redis: stores.redis)
        let drain = DrainMark()
        let pages = Self.pages(
            configuration, listener, loops, keySets, stores, authgear, drain, startedAt: Timestamp.now)
        let admin = AdminListener(configuration.admin.listen, on: background.next(), pages: pages)
        self.configuration = configuration
        self.logger = logger
        self.background = background
        self.keySets = keySets
        self.listener = listener
        self.admin = admin
        self.drain = drain
        self.group = ServiceGroup(
            services: [keySets] + (authgear.map { [$0] } ?? []) + [
                admin, listener, StartUpPages(),
                LogCatchUp(log: log), UnknownWatch(loops: loops, logger: logger),
            ],
            // Its lines would be names of types; what they tell is logged by each part.
            logger: Logger(label: "services") { _ in SwiftLogNoOpLogHandler() })
        if connections < configuration.limits.connections { warnOfShortage(connections) }
    }

    /// Binds all addresses, or none; then the ports are known and nothing is answered yet.
    package func bind() async throws -> Addresses {
        Addresses(gateway: try listener.bind(), admin: try await admin.bind())
    }

    /// Serves until the process is told to end by a signal.
    ///
    /// - Parameter hangUpEnds: whether SIGHUP is such a signal.
    func run(hangUpEnds: Bool = false) async throws {
        // Heard from here on: also who is told to end while it starts ends in order.
        let signals = await ProcessSignals(hangUpEnds: hangUpEnds)
        let watch = signals.watch(logger) { await end() }
        defer { watch.cancel() }
        try await serve()
    }

    /// Serves until it is told to end. Binds, unless that was done.
    package func serve() async throws {
        let addresses = try await bind()
        logStart(addresses)
        try await group.run()
        try await background.shutdownGracefully()
        logger.info("stopped")
    }

    /// Begins the orderly end. For `shutdown.delay` nothing changes but `/readyz`, so that a balancer that reads it stops
    /// asking here; then no more connections are accepted, and requests in flight are answered. Before `serve`, it is
    /// remembered.
    package func end() async {
        drain.set()
        try? await Task.sleep(for: configuration.shutdown.delay)
        await group.triggerGracefulShutdown()
    }

    private func warnOfShortage(_ connections: Int) {
        logger.warning(
            "the limit of open files allows fewer connections than limits.connections",
            metadata: .init([.count: "\(connections)"]))
    }

    private func logStart(_ addresses: Addresses) {
        for address in addresses.gateway { logger.info("listening", metadata: .init([.address: "\(address)"])) }
        logger.info("listening for the operator", metadata: .init([.address: "\(addresses.admin)"]))
        for issuer in configuration.issuers {
            logger.info("accepting tokens", metadata: .init([.issuer: issuer.identifier]))
        }
        logger.info("looking sessions up", metadata: .init([.store: configuration.sessions.store.description]))
    }

    /// What the admin listener tells.
    private static func pages(
        _ configuration: Configuration, _ listener: Listener, _ loops: LoopSet, _ keySets: KeySets,
        _ stores: RecordStores, _ authgear: AuthgearClient?, _ drain: DrainMark, startedAt: Timestamp
    ) -> AdminPages {
        AdminPages(
            missing: {
                guard !drain.isSet else { return ["draining"] }
                do {
                    let issuers = try await keySets.status().compactMap { status in
                        status.problem.map { "issuer \(status.issuer): \($0)" }
                    }
                    let problem = try await stores.problem(asking: configuration.trialQueries)
                    let authgear = configuration.sessions.store.isAuthgear ? try await authgear?.status() : nil
                    return issuers + (problem.map { ["session store: \($0)"] } ?? []) + (authgear.map { [$0] } ?? [])
                } catch {
                    return ["the process is ending"]
                }
            },
            degraded: {
                guard !configuration.sessions.store.isAuthgear, let problem = try? await authgear?.status() else {
                    return []
                }
                return [problem]
            },
            metrics: {
                let page = MetricsPage(
                    listener: try await listener.figures(), connections: listener.connections,
                    resolvers: try await loops.collect { ResolverFigures($0.resolver) },
                    issuers: try await keySets.status(), store: try await stores.figures(),
                    revocationLag: try await configuration.sessions.store.isAuthgear
                        ? configuration.authgear?.maxAge ?? .zero : stores.revocationLag(), startedAt: startedAt)
                return page.text
            })
    }
}
