import Foundation

/// One of the servers of a `ReplicationGroup`, with the wire over which it hears its primary.
final class RedisNode: Sendable, CustomStringConvertible {
    let redis: RedisServer
    /// Between this server and its primary.
    private let wire: Balancer
    let port: UInt16
    /// The last byte of its address.
    let lastByte: UInt8

    init(port: UInt16, lastByte: UInt8) throws {
        self.port = port
        self.lastByte = lastByte
        wire = try Balancer()
        redis = try RedisServer(
            port: port, host: lastByte,
            settings: [
                // It comes back empty, as on a new machine.
                "--appendonly", "no", "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1",
            ])
    }

    var description: String { "\(redis.address)" }

    /// Becomes a replica of this server, over a wire that is whole.
    func follow(_ primary: RedisNode) throws {
        wire.lead(to: primary.redis.address)
        wire.cutConnections()
        wire.speak()
        try becomeReplica()
    }

    /// Becomes a replica of whoever it followed last, over a wire on which nothing passes: it keeps what it has, and
    /// hears nothing.
    func followNobody() throws {
        wire.fallSilent()
        wire.cutConnections()
        try becomeReplica()
    }

    /// Cuts the wire to its primary.
    ///
    /// - Parameter silently: the connection stays, and nothing passes; else it is closed.
    func cutOff(silently: Bool) {
        guard !silently else { return wire.fallSilent() }
        wire.lead(to: nil)
        wire.cutConnections()
    }

    func becomePrimary() throws { try expectOK(redis.command("REPLICAOF", "NO", "ONE")) }

    /// Starts it anew, without any data, as a replica whose wire is silent.
    func startEmpty() throws {
        wire.fallSilent()
        try redis.start(["--replicaof"] + wireWords)
    }

    /// Waits until it has all that this primary has at this moment.
    func catchUp(with primary: RedisNode) throws { try redis.catchUp(with: primary.redis) }

    private var wireWords: [String] { "\(wire.address)".split(separator: ":").map(String.init) }

    private func becomeReplica() throws {
        let words = wireWords
        try expectOK(redis.command("REPLICAOF", words[0], words[1]))
    }

    private func expectOK(_ reply: String) throws {
        guard reply.hasPrefix("+OK") else { throw WireError.malformed(reply) }
    }
}
