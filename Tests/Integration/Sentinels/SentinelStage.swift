import Glibc
import NIOConcurrencyHelpers

/// Real Sentinels that fail over, resolvers that ask them where the sessions are, and clients that ask these while sessions come and go.
final class SentinelStage: Sendable {
    enum Kind: String, CaseIterable {
        case killed = "killed"
        case hung = "hung and woken"
        case cutOff = "cut off with a minority"
        case empty = "came back empty"
        case planned = "planned"
    }

    private struct Roles {
        var primary: SentinelMachine
        /// Nil while the Sentinels make a failover: a write may be lost.
        var place: WritePlace?
        var generation = 0
        var demotions: [ContinuousClock.Instant] = []
    }

    private let machines: SentinelMachines
    private let roles: NIOLockedValueBox<Roles>
    private let writer: SessionWriter
    private let watch: ResolverWatch

    init() throws {
        let machines = try SentinelMachines()
        let primary = try machines.namedPrimary()
        let place = WritePlace(
            primary: primary.redis, heirs: machines.others(than: primary).map(\.redis), generation: 0)
        let roles = NIOLockedValueBox(Roles(primary: primary, place: place))
        (self.machines, self.roles) = (machines, roles)
        let ledger = SessionLedger()
        writer = try SessionWriter({ roles.withLockedValue { $0.place } }, ledger)
        let resolvers = try [
            (3, "auto", "the resolver that is told of all Sentinels"),
            (1, "2", "the resolver that is told of one, with RESP2"),
        ]
        .map { count, version, name in
            try WatchedResolver(name, Self.resolver(at: machines.url(count), version), ledger)
        }
        watch = ResolverWatch(resolvers: resolvers, ledger: ledger)
        try watch.waitUntilCertain()
    }

    private static func resolver(at url: String, _ version: String) throws -> ResolverServer {
        let resolver = try ResolverServer(
            """
            sessions: { store: redis, app_id: my-project, redis: { url: "\(url)", protocol: \(version) } }
            """)
        try resolver.becomeReady()
        return resolver
    }

    var resolvers: [WatchedResolver] { watch.resolvers }

    /// `RevocationOracle.demotions`.
    var demotions: [ContinuousClock.Instant] { roles.withLockedValue { $0.demotions } }

    /// Ends all that runs in the background.
    func stop() {
        machines.network.mend()
        writer.stop()
        watch.stop()
    }

    /// Has the Sentinels make one failover, watches what comes of it, and sets the servers up for the next one.
    ///
    /// - Parameter isOtherWay: of a machine that is cut off, whether it is from the resolvers, too.
    /// - Returns: for each resolver how long after the Sentinels' switch it went on giving answers that are unknown.
    func failOver(_ kind: Kind, isOtherWay: Bool) throws -> [Duration] {
        watch.ledger.beginRound()
        let former = beginFailover()
        switch kind {
        case .killed, .empty: former.redis.kill()
        case .hung: former.redis.signal(SIGSTOP)
        case .cutOff: machines.cutOff(former, fromResolver: isOtherWay)
        case .planned: try machines.others(than: former)[0].sentinel.failOver()
        }
        let moment = try endFailover(of: former, isCutOff: kind == .cutOff)
        // It says that it is the primary, for as long as the Sentinels let it.
        if kind == .empty { try former.redis.start() }
        try watch.waitUntilCertain()
        let silences = resolvers.map { $0.silence(since: moment) }
        try watch.watchDeletions()
        if kind == .hung {
            former.redis.signal(SIGCONT)
            try watch.watchDeletions()
        }
        try restore()
        try watch.waitUntilCertain()
        return silences
    }

    /// From here on nothing is written.
    private func beginFailover() -> SentinelMachine {
        let former = roles.withLockedValue { roles in
            roles.place = nil
            return roles.primary
        }
        writer.endWrite()
        return former
    }

    /// Waits for the Sentinels' switch; gives when that was. They seldom make two, and then nothing is written between these.
    private func endFailover(of former: SentinelMachine, isCutOff: Bool) throws -> ContinuousClock.Instant {
        let first = try machines.successor(of: former)
        var moments = [ContinuousClock.now]
        let primary = try machines.agreedPrimary(without: isCutOff ? former : nil)
        if primary !== first { moments.append(.now) }
        roles.withLockedValue { roles in
            roles.primary = primary
            roles.generation += 1
            // Nobody else is to be promoted before all is well again.
            roles.place = WritePlace(primary: primary.redis, heirs: [], generation: roles.generation)
            roles.demotions += moments
        }
        return moments[moments.count - 1]
    }

    private func restore() throws {
        let primary = roles.withLockedValue { $0.primary }
        // From here on a write must be everywhere, and all that was written before comes to be.
        roles.withLockedValue { roles in
            roles.generation += 1
            roles.place = WritePlace(
                primary: primary.redis, heirs: machines.others(than: primary).map(\.redis), generation: roles.generation
            )
        }
        try machines.restore(around: primary)
    }
}
