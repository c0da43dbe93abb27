import Fixtures

/// A machine with a redis-server and a Sentinel. To the others both are at addresses of the network.
final class SentinelMachine: Sendable, CustomStringConvertible {
    /// The last byte of its address.
    let host: UInt8
    let redis: RedisServer
    let sentinel: SentinelServer
    /// Where the others see them.
    private let ports: (redis: NetworkPort, sentinel: NetworkPort)

    /// - Parameter primary: the server that its Sentinel calls the primary at first.
    init(_ host: UInt8, at place: Place, watching primary: Address) throws {
        self.host = host
        ports = (place.redis, place.sentinel)
        redis = try RedisServer(
            port: place.redisPort, host: host,
            settings: [
                // It comes back empty, as on a new machine.
                "--appendonly", "no", "--protected-mode", "no", "--bind-source-addr", "127.0.0.\(host)",
                "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1",
                "--replica-announce-ip", "127.0.0.\(host)", "--replica-announce-port", "\(place.redis.port)",
            ])
        sentinel = try SentinelServer(
            on: host, port: place.sentinelPort, watching: primary,
            [
                "sentinel announce-ip 127.0.0.\(host)", "sentinel announce-port \(place.sentinel.port)",
            ])
    }

    /// Where a machine's servers are, and where the others see them: known before any of them runs.
    struct Place: Sendable {
        let (redisPort, sentinelPort): (UInt16, UInt16)
        let (redis, sentinel): (NetworkPort, NetworkPort)

        init(on host: UInt8, in network: Network) throws {
            (redisPort, sentinelPort) = (try FreePort.take(), try FreePort.take())
            redis = try NetworkPort(on: host, to: .ipv4(redisPort, host: host), in: network)
            sentinel = try NetworkPort(on: host, to: .ipv4(sentinelPort, host: host), in: network)
        }
    }

    /// Where the others, and the resolver, see its server.
    var address: Address { ports.redis.address }
    /// Where they see its Sentinel.
    var sentinelAddress: Address { ports.sentinel.address }

    var description: String { "\(address)" }

    /// Has its server be a replica of this machine's; started anew and empty, if it does not run.
    func follow(_ primary: SentinelMachine) throws {
        guard redis.isRunning else { return try redis.start(["--replicaof"] + primary.address.words) }
        let reply = try redis.command(["REPLICAOF"] + primary.address.words)
        guard reply.hasPrefix("+OK") else { throw WireError.malformed(reply) }
    }
}

extension Address {
    /// Host and port, as words of a command.
    fileprivate var words: [String] { "\(self)".split(separator: ":").map(String.init) }
}
