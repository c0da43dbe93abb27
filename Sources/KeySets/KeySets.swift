package import JOSE
package import NIOCore
import Questions
import ServiceLifecycle
package import Telemetry

/// Fetches every issuer's keys in the background, never in a request, and publishes them (contract section 5).
///
/// Takes where each issuer's keys come from, and requests for keys that are missing. Gives key rings through a closure, and
/// a reply to each request for a key. Imports Bytes, JOSE, Telemetry, Trust, Questions, NIO, swift-log and
/// ServiceLifecycle.
package final class KeySets: Service {
    package struct Settings: Sendable {
        /// One per issuer, in the order of the configuration.
        package var sources: [KeySource]
        /// The same issuers, by the numbers under which their keys are published.
        package var ids: [IssuerID]
        /// How long a set may be used after it was last confirmed (`jwks.max_stale`).
        package var maxStale: Duration
        /// How long a request waits for a key (`jwks.wait`).
        package var wait: Duration

        /// - Parameter ids: nil: the numbers from zero on.
        package init(sources: [KeySource], ids: [IssuerID]? = nil, maxStale: Duration, wait: Duration) {
            self.sources = sources
            self.ids = ids ?? IssuerID.first(count: sources.count)
            self.maxStale = maxStale
            self.wait = wait
        }
    }

    /// Fetches a source once, given what its file looked like when it was last read.
    package typealias Fetch = @Sendable (FetchOrder) async -> Result<Fetched, FetchFailure>
    /// Gives a key a table; nil when it is to go without.
    package typealias WithTable = @Sendable (VerificationKey) -> VerificationKey?

    private let eventLoop: any EventLoop
    private let refresher: NIOLoopBoundBox<Refresher>
    private let orders = OrderQueue<FetchOrder>()
    private let tables = OrderQueue<TableOrder>()
    private let fetch: Fetch
    private let withTable: WithTable
    private let shutdown: @Sendable () async -> Void

    /// Fetches over the network and from files.
    ///
    /// - Parameters:
    ///   - eventLoop: where schedules and timers live; requests of other loops are not slowed by them.
    ///   - fetcher: whose shutdown is up to this service.
    ///   - keeping: how the keys outlive the process; nil: they don't.
    ///   - publish: gets each new ring on `eventLoop`, before anybody who waits for one of its keys gets a reply there; what was kept, at
    ///     once.
    package convenience init(
        _ settings: Settings, keeping: KeyKeeping? = nil, on eventLoop: any EventLoop, fetcher: KeyFetcher,
        log: LimitedLog, publish: @escaping @Sendable (KeyRing) -> Void
    ) {
        self.init(
            settings, keeping: keeping, on: eventLoop, log: log, publish: publish,
            fetch: { order in
                do throws(FetchFailure) {
                    return .success(try await fetcher.fetch(order.source, since: order.stamp))
                } catch {
                    return .failure(error)
                }
            }, shutdown: { await fetcher.shutdown() })
    }

    /// Fetches with closures.
    package init(
        _ settings: Settings, keeping: KeyKeeping? = nil, on eventLoop: any EventLoop, log: LimitedLog,
        publish: @escaping @Sendable (KeyRing) -> Void,
        jitter: @escaping @Sendable () -> Double = { .random(in: 0...1) },
        fetch: @escaping Fetch, withTable: @escaping WithTable = TableWorkshop.withTable,
        shutdown: @escaping @Sendable () async -> Void = {}
    ) {
        self.eventLoop = eventLoop
        self.fetch = fetch
        self.withTable = withTable
        self.shutdown = shutdown
        let effects = Refresher.Effects(
            fetch: { [orders] in orders.add($0) }, makeTable: { [tables] in tables.add($0) }, publish: publish,
            jitter: jitter)
        refresher = .makeBoxSendingValue(
            Refresher(settings, keeping: keeping, eventLoop: eventLoop, effects: effects, log: log),
            eventLoop: eventLoop)
    }

    /// Runs until the task is cancelled or asked to stop; then nobody is left waiting and nothing is left running.
    package func run() async throws {
        eventLoop.execute { [refresher] in refresher.value.start() }
        async let tablesEnded: Void = tables.carryOut { self.carryOut($0) }
        await orders.carryOut { await self.carryOut($0) }
        await tablesEnded
        try await eventLoop.submit { [refresher] in refresher.value.stop() }.get()
        await shutdown()
    }

    private func carryOut(_ order: FetchOrder) async {
        let result = await fetch(order)
        eventLoop.execute { [refresher] in refresher.value.fetchEnded(number: order.issuer, result: result) }
    }

    private func carryOut(_ order: TableOrder) {
        let key = withTable(order.key)
        eventLoop.execute { [refresher] in refresher.value.tableMade(number: order.issuer, key: key) }
    }

    /// Has a table made for a key that is in demand, off the event loops, and published with a new ring.
    package func makeTable(for key: KeyInDemand) {
        eventLoop.execute { [refresher] in refresher.value.makeTable(for: key) }
    }

    /// Takes other settings. An issuer whose keys come from where they came from before keeps them.
    ///
    /// - Parameter handOver: gets the ring of the new issuers on this service's event loop, before `publish` gets a later one.
    package func adopt(_ settings: Settings, handOver: @escaping @Sendable (KeyRing) -> Void) async throws {
        try await eventLoop.submit { [refresher] in refresher.value.adopt(settings, handOver: handOver) }.get()
    }

    /// Looks for a key that a token needs; asks for a fetch when that may bring it.
    ///
    /// - Parameter reply: called exactly once, on this service's event loop, within `jwks.wait`.
    package func find(_ missing: MissingKey, reply: @escaping @Sendable (KeyReply) -> Void) {
        eventLoop.execute { [refresher] in refresher.value.find(missing, reply: reply) }
    }

    /// What is known of each issuer's keys, in the order of the configuration.
    package func status() async throws -> [IssuerStatus] {
        try await eventLoop.submit { [refresher] in refresher.value.status }.get()
    }
}
