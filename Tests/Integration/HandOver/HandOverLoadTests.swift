import Testing

extension IntegrationTests {
    /// The only resolver behind nginx with the shipped files is restarted, again and again, while clients ask. `RESTARTS` says how often,
    /// `RATE` how many requests a second come meanwhile.
    @Suite struct HandOverLoadTests {
        /// How one process follows another.
        enum Way: CaseIterable {
            /// The sockets are somebody else's, as with a socket unit.
            case givenSockets
            /// One takes them from the other.
            case takeOver
        }

        @Test(arguments: Way.allCases, [true, false])
        func `no client sees that the only resolver is restarted`(way: Way, overUnixSocket isUnix: Bool) throws {
            let redis = try RedisServer()
            try redis.add(RestartTests.session)
            try redis.add(StoredUser(id: RestartTests.session.user))
            let issuer = try IssuerServer(keys: Mint.keySet())
            let resolver = try RestartTests.resolver(
                redis, issuer, control: true, givenSockets: way == .givenSockets)
            let nginx = try RestartTests.nginx([isUnix ? resolver.unix : resolver.ipv4])
            let load = PacedLoad(
                nginx.address, rate: Program.rounds("RATE", default: 500), clients: RestartTests.clients,
                requests: try RestartTests.requests())
            defer { _ = load.stop() }
            try RestartTests.waitForMore(load)

            for _ in 0..<Program.rounds("RESTARTS", default: 2) {
                #expect(try way == .takeOver ? resolver.takeOver() == 0 : resolver.restart() == 0)
                try resolver.becomeReady()
                try RestartTests.waitForMore(load)
            }

            let (seen, rate) = load.stop()
            print("\(way), \(isUnix ? "Unix" : "TCP"): \(seen.values.reduce(0, +)) requests, \(Int(rate)) a second")
            let good: Set = ["200 \(RestartTests.session.user)", "200 u-jwt", "200 "]
            #expect(
                Set(seen.keys) == good,
                "\(seen), at \(rate) requests a second; nginx wrote:\n\(nginx.log.suffix(1_000))")
        }
    }
}
