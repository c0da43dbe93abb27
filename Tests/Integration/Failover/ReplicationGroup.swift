import Fixtures
import NIOConcurrencyHelpers

/// Three redis-servers, one of which is the primary, and whose failovers a test makes.
///
/// One replica is the *heir*: the only one that is ever promoted. What it has is not lost by a failover.
final class ReplicationGroup: Sendable {
    /// Who is what. While it holds, a write that the primary acknowledged and the heir has is on every server that can
    /// become the primary.
    struct Roles: Sendable {
        var primary: RedisNode
        /// Nil when nobody is to be promoted: then what the primary acknowledged is not lost.
        var heir: RedisNode?
        /// Grows with each change.
        var generation = 0
        /// When a primary that still runs was demoted.
        var demotions: [ContinuousClock.Instant] = []

        var place: WritePlace {
            WritePlace(primary: primary.redis, heirs: heir.map { [$0.redis] } ?? [], generation: generation)
        }
    }

    private let nodes: [RedisNode]
    private let state: NIOLockedValueBox<Roles>

    init() throws {
        let port = try FreePort.take()
        nodes = try (2...4).map { try RedisNode(port: port, lastByte: $0) }
        state = NIOLockedValueBox(Roles(primary: nodes[0]))
        try restore()
    }

    var roles: Roles { state.withLockedValue { $0 } }

    /// Ends the primary as a crash would. Who wants to write to it fails until the heir is promoted.
    func killPrimary() -> RedisNode {
        let primary = roles.primary
        primary.redis.kill()
        return primary
    }

    /// Makes the primary a replica that hears nobody; what it has stays there.
    func demotePrimary() throws {
        try roles.primary.followNobody()
        change { $0.demotions.append(.now) }
    }

    /// Makes the heir the primary.
    func promoteHeir() throws {
        guard let heir = roles.heir else { throw GaveUp(what: "an heir") }
        try heir.becomePrimary()
        change {
            $0.primary = heir; $0.heir = nil
        }
    }

    /// Makes this replica the heir, once it has all that the primary has.
    func appoint(_ heir: RedisNode) throws {
        // First, so that from now on writes wait for it.
        change { $0.heir = heir }
        try heir.catchUp(with: roles.primary)
    }

    /// The replica that is not the heir.
    func bystander() throws -> RedisNode {
        let roles = roles
        guard let node = nodes.first(where: { $0 !== roles.primary && $0 !== roles.heir }) else {
            throw GaveUp(what: "a third server")
        }
        return node
    }

    /// All servers run, follow the primary and have what it has, and one of them is its heir.
    func restore() throws {
        let primary = roles.primary
        let replicas = nodes.filter { $0 !== primary }
        for replica in replicas {
            if !replica.redis.isRunning { try replica.startEmpty() }
            try replica.follow(primary)
        }
        for replica in replicas { try replica.catchUp(with: primary) }
        try appoint(replicas[roles.generation % replicas.count])
    }

    private func change(_ body: (inout Roles) -> Void) {
        state.withLockedValue {
            body(&$0)
            $0.generation += 1
        }
    }
}
