import Fixtures
import Testing

extension IntegrationTests {
    /// How real Sentinels let us in, and what `check` says of them (contract sections 7 and 8).
    @Suite(.enabled(if: SentinelServer.executable != nil, "\(SentinelServer.whyNot)")) struct SentinelAccessTests {
        /// What the Sentinels' user may: as `deploy/README.md` says.
        private static let rights =
            "resetchannels &+switch-master nocommands +auth +ping +subscribe +sentinel|myid "
            + "+sentinel|get-master-addr-by-name +sentinel|master +sentinel|sentinels"

        @Test func `all is said in TLS`() throws {
            let authority = try CertificateAuthority()
            let own = try authority.issue("server", for: "IP:127.0.0.1")
            let files = [
                ("tls-cert-file", own.certificate), ("tls-key-file", own.key),
                ("tls-ca-cert-file", authority.certificate),
                ("tls-auth-clients", "no"), ("tls-replication", "yes"),
            ]
            let port = try FreePort.take()
            let redis = try RedisServer(
                settings: ["--tls-port", "\(port)"] + files.flatMap { ["--\($0.0)", $0.1] })
            let sentinels = try (0..<3).map { _ in
                let secured = try FreePort.take()
                let server = try SentinelServer(
                    port: FreePort.take(), watching: .ipv4(port),
                    ["tls-port \(secured)"] + files.map { "\($0.0) \($0.1)" })
                return (server, secured)
            }
            // The one tells of the others: by their ports with TLS, because it is they who are told so.
            let resolver = try resolver(
                "rediss-sentinel://127.0.0.1:\(sentinels[0].1)/mymaster",
                ", tls: { ca_file: \"\(authority.certificate)\" }"
            )
            try expectAgreement(of: 3, with: resolver, reading: redis)
        }

        @Test func `the Sentinels have a user and a password of their own, and the servers another one`() throws {
            let redis = try RedisServer(password: "the-servers")
            let sentinel = try SentinelServer(
                port: FreePort.take(), watching: redis.address, quorum: 1,
                [
                    "sentinel auth-pass mymaster the-servers", "requirepass nobody-knows",
                    "user resolver on >the-sentinels \(Self.rights)",
                ])
            let url = "redis-sentinel://:the-servers@\(sentinel.address)/mymaster"
            let resolver = try resolver(url, ", sentinel: { user: resolver, password: the-sentinels }")
            try expectAgreement(of: 1, with: resolver, reading: redis)
            let (status, output) = try check(url, ", sentinel: { user: resolver, password: wrong }")
            #expect(status == 1)
            #expect(output.contains("compare sessions.redis.sentinel with what is set there"), "\(output)")
            #expect(!output.contains("the-servers"))
        }

        @Test func `check says which primary it found, and by how many Sentinels`() throws {
            let redis = try RedisServer()
            let sentinel = try SentinelServer(port: FreePort.take(), watching: redis.address, quorum: 1)
            let (status, output) = try check("redis-sentinel://\(sentinel.address)/mymaster")
            #expect(status == 0, "\(output)")
            #expect(output.contains("the primary is \(redis.address), by 1 of 1 Sentinels"), "\(output)")
        }

        @Test func `no Sentinel, none that knows the name, no majority, and a primary that denies it are told apart`()
            throws
        {
            let redis = try RedisServer()
            let sentinel = try SentinelServer(port: FreePort.take(), watching: redis.address, quorum: 1)
            let nobody = "127.0.0.1:\(try FreePort.take())"
            for (url, reason) in [
                (
                    "\(nobody)/mymaster",
                    "none of the Sentinels of mymaster can be reached: \(nobody): connection refused"
                ),
                ("\(sentinel.address)/other", "none of the Sentinels knows other"),
                ("\(sentinel.address),\(nobody)/mymaster", "no majority of the 2 Sentinels of mymaster"),
            ] {
                let (status, output) = try check("redis-sentinel://\(url)")
                #expect(status == 1, "\(output)")
                #expect(output.contains(reason), "\(output)")
            }
            try redis.command("REPLICAOF", "127.0.0.1", "\(FreePort.take())")
            let (status, output) = try check("redis-sentinel://\(sentinel.address)/mymaster")
            #expect(status == 1, "\(output)")
            #expect(
                output.contains(
                    "the Sentinels call \(redis.address) the primary of mymaster, and it says itself that it is none"),
                "\(output)")
        }

        private func configuration(_ url: String, _ settings: String) -> String {
            "sessions: { store: redis, app_id: my-project, redis: { url: \"\(url)\"\(settings) } }"
        }

        private func resolver(_ url: String, _ settings: String) throws -> ResolverServer {
            let resolver = try ResolverServer(configuration(url, settings))
            try resolver.becomeReady()
            return resolver
        }

        private func expectAgreement(of count: Int, with resolver: ResolverServer, reading redis: RedisServer) throws {
            try redis.add(Sessions.good)
            try redis.add(StoredUser(id: Sessions.good.user))
            let response = try HTTPConnection.get(
                resolver.ipv4, "/resolve", "Cookie: session=\(Sessions.good.cookie)")
            #expect(response["x-authgear-session-valid"] == "true", "\(response)")
            _ = try eventually("\(count) Sentinels to agree; the resolver wrote:\n\(resolver.process.output)") {
                try resolver.metric("sentinels", "state=\"agrees\"") == Double(count) ? true : nil
            }
        }

        private func check(_ url: String, _ settings: String = "") throws -> (Int32, String) {
            let directory = try Scratch.directory()
            try Scratch.write(
                """
                listen: ["127.0.0.1:\(FreePort.take())"]
                admin: { listen: "127.0.0.1:\(FreePort.take())" }
                \(configuration(url, settings))
                """, to: "\(directory)/resolver.yaml")
            let process = try ResolverServer.run(["check", "--config", "\(directory)/resolver.yaml"], in: directory)
            return (try process.wait(), process.output)
        }
    }
}
