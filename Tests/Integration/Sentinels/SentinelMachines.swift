/// Three machines, each with a redis-server and a Sentinel that watches over all of them. It is the Sentinels who make the failovers.
struct SentinelMachines: Sendable {
    private static let hosts: ClosedRange<UInt8> = 21...23

    let network = Network()
    private let machines: [SentinelMachine]

    init() throws {
        let places = try Self.hosts.map { [network] host in try SentinelMachine.Place(on: host, in: network) }
        let primary = places[0].redis.address
        machines = try zip(Self.hosts, places).map { host, place in
            try SentinelMachine(host, at: place, watching: primary)
        }
        try restore(around: machines[0])
    }

    /// For `sessions.redis.url`, with the first so many Sentinels.
    func url(_ count: Int) -> String {
        "redis-sentinel://\(machines.prefix(count).map { "\($0.sentinelAddress)" }.joined(separator: ","))/mymaster/0"
    }

    func others(than machine: SentinelMachine) -> [SentinelMachine] { machines.filter { $0 !== machine } }

    /// Cuts a machine off from the others, and from the resolver as well if that is so.
    func cutOff(_ machine: SentinelMachine, fromResolver: Bool) {
        network.cut(
            others(than: machine).map { Network.Wire($0.host, machine.host) }
                + (fromResolver ? [Network.Wire(Network.ours, machine.host)] : []))
    }

    /// The machine whose server a majority of the Sentinels calls the primary; throws when they name none of them.
    func namedPrimary() throws -> SentinelMachine { try primary(namedBy: machines.count / 2 + 1, of: machines) }

    private func primary(namedBy count: Int, of voters: [SentinelMachine]) throws -> SentinelMachine {
        let votes = voters.compactMap { try? $0.sentinel.primary() }
            .map { "\($0["ip", default: ""]):\($0["port", default: ""])" }
        let named = machines.first { machine in votes.count { $0 == "\(machine.address)" } >= count }
        guard let named else { throw WireError.malformed("\(votes)") }
        return named
    }

    /// Waits until a majority of the Sentinels calls another machine's server the primary, and that says so itself.
    func successor(of former: SentinelMachine) throws -> SentinelMachine {
        try eventually(
            "the Sentinels to call another server than \(former) the primary:\n\(machines[0].sentinel.output)"
        ) {
            let named = try namedPrimary()
            guard named !== former, try named.redis.replication()["role"] == "master" else { return nil }
            return named
        }
    }

    /// Waits until all Sentinels, or all but that of a machine that is cut off, call the same server the primary, and that says so itself.
    /// Before that, one that has not heard of a switch may make another.
    func agreedPrimary(without absent: SentinelMachine?) throws -> SentinelMachine {
        let voters = machines.filter { $0 !== absent }
        return try eventually("the Sentinels to agree on a primary:\n\(machines[0].sentinel.output)") {
            let named = try primary(namedBy: voters.count, of: voters)
            return try named.redis.replication()["role"] == "master" ? named : nil
        }
    }

    /// All run, are connected and follow this primary, have what it has, and the Sentinels know that.
    func restore(around primary: SentinelMachine) throws {
        network.mend()
        for machine in others(than: primary) { try machine.follow(primary) }
        try settle(around: primary)
    }

    private func settle(around primary: SentinelMachine) throws {
        for machine in others(than: primary) { try machine.redis.catchUp(with: primary.redis) }
        for machine in machines {
            var fault: String?
            _ = try eventually(
                "the Sentinel of \(machine) to find all well: \(fault ?? ""); it wrote:\n\(machine.sentinel.output)"
            ) {
                fault = try machine.sentinel.fault(with: primary)
                return fault == nil ? true : nil
            }
        }
    }
}

extension SentinelServer {
    /// What it does not find well with a primary that has two replicas; nil: nothing.
    fileprivate func fault(with primary: SentinelMachine) throws -> String? {
        let seen = try self.primary()
        let replicas = try self.replicas()
        let isWell =
            "\(seen["ip", default: ""]):\(seen["port", default: ""])" == "\(primary.address)"
            && seen["flags"] == "master" && seen["num-other-sentinels"] == "2" && replicas.count == 2
            && replicas.allSatisfy { $0["flags"] == "slave" && $0["master-link-status"] == "ok" }
        return isWell ? nil : "\(seen), \(replicas)"
    }
}
