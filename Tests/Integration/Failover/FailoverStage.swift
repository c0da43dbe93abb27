/// Three redis-servers whose primary moves, addresses that follow it, resolvers that ask there, and clients that ask them
/// while sessions come and go.
final class FailoverStage: Sendable {
    enum Kind: String, CaseIterable {
        case killed = "killed and replaced"
        case cutOff = "cut off from its primary"
        case unsynced = "replaced by a replica that has not synced yet"
        case demoted = "demoted and left behind"
    }

    private let watch: ResolverWatch
    private let group: ReplicationGroup
    private let addresses: [MovingAddress]
    private let writer: SessionWriter

    init() throws {
        let group = try ReplicationGroup()
        self.group = group
        addresses = try MovingAddress.Way.feasible.map { try MovingAddress($0, to: group.roles.primary) }
        let ledger = SessionLedger()
        writer = try SessionWriter({ group.roles.place }, ledger)
        let resolvers =
            try addresses.map { address in
                try WatchedResolver("the resolver behind \(address)", Self.resolver(at: address), ledger)
            } + [
                try WatchedResolver(
                    "the resolver behind \(addresses[0]) that asks replicas too",
                    Self.resolver(at: addresses[0], ", role: any, max_replica_lag: 2s"), ledger,
                    patienceWithNew: .seconds(4)),
                try WatchedResolver(
                    "the resolver behind \(addresses[0]) with RESP2",
                    Self.resolver(at: addresses[0], ", protocol: 2"), ledger),
            ]
        watch = ResolverWatch(resolvers: resolvers, ledger: ledger)
        try watch.waitUntilCertain()
    }

    private static func resolver(at address: MovingAddress, _ settings: String = "") throws -> ResolverServer {
        let resolver = try ResolverServer(
            """
            sessions: { store: redis, app_id: my-project, redis: { url: "\(address.url)"\(settings) } }
            """, hosts: address.hosts)
        try resolver.becomeReady()
        return resolver
    }

    var resolvers: [WatchedResolver] { watch.resolvers }

    /// `RevocationOracle.demotions`.
    var demotions: [ContinuousClock.Instant] { group.roles.demotions }

    /// Ends all that runs in the background.
    func stop() {
        writer.stop()
        watch.stop()
    }

    /// Makes one failover, watches what comes of it, and sets the servers up for the next one.
    ///
    /// - Parameter isOtherWay: of what can happen in two orders or in two manners, whether it is the second.
    func failOver(_ kind: Kind, isOtherWay: Bool) throws {
        watch.ledger.beginRound()
        switch kind {
        case .killed: try kill(movesFirst: isOtherWay)
        case .cutOff: try cutOff(silently: isOtherWay)
        case .unsynced: try replaceByUnsynced()
        case .demoted: try demote()
        }
        try watch.waitUntilCertain()
        try watch.watchDeletions()
        try group.restore()
        try watch.waitUntilCertain()
    }

    private func kill(movesFirst: Bool) throws {
        _ = group.killPrimary()
        if movesFirst, let heir = group.roles.heir { try lead(to: heir) }
        try group.promoteHeir()
        try lead(to: group.roles.primary)
    }

    /// The primary ends, one replica takes over, and the addresses lead to the other one, which is then cut off from it.
    private func cutOff(silently: Bool) throws {
        let bystander = try group.bystander()
        _ = group.killPrimary()
        try group.promoteHeir()
        try bystander.follow(group.roles.primary)
        try bystander.catchUp(with: group.roles.primary)
        try lead(to: bystander)
        try watch.waitForAnswers()
        bystander.cutOff(silently: silently)
        try watch.watchDeletions()
        try lead(to: group.roles.primary)
    }

    /// The primary ends and comes back without data, and the addresses lead to it all the time; in the end it has what
    /// its replacement has, and is the primary again.
    private func replaceByUnsynced() throws {
        let node = group.killPrimary()
        try group.promoteHeir()
        try node.startEmpty()
        try lead(to: node)
        try watch.watchDeletions()
        try node.follow(group.roles.primary)
        try group.appoint(node)
        try group.demotePrimary()
        try group.promoteHeir()
    }

    /// The old primary stays there, as a replica that hears nobody, and so do the connections to it.
    private func demote() throws {
        try group.demotePrimary()
        try group.promoteHeir()
        try lead(to: group.roles.primary)
    }

    private func lead(to node: RedisNode) throws {
        for address in addresses { try address.lead(to: node) }
    }
}
