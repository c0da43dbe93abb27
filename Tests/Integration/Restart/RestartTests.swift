import Testing

extension IntegrationTests {
    /// Restarts of the resolver behind nginx with the shipped files. `RESTARTS` says how many, `RATE` how many requests a
    /// second come meanwhile.
    @Suite struct RestartTests {
        static let session = StoredSession(id: "restart", user: "u-restart")
        static let clients = 32

        @Test func `no client sees that one resolver of two is restarted`() throws {
            let redis = try RedisServer()
            try redis.add(Self.session)
            try redis.add(StoredUser(id: Self.session.user))
            let issuer = try IssuerServer(keys: Mint.keySet())
            let resolvers = try (0..<2).map { _ in try Self.resolver(redis, issuer) }
            let nginx = try Self.nginx(resolvers.map(\.ipv4))
            let load = PacedLoad(
                nginx.address, rate: Program.rounds("RATE", default: 500), clients: Self.clients,
                requests: try Self.requests())
            defer { _ = load.stop() }
            try Self.waitForMore(load)

            for number in 0..<Program.rounds("RESTARTS", default: 2) {
                #expect(try resolvers[number % 2].restart() == 0)
                try resolvers[number % 2].becomeReady()
                try Self.waitForMore(load)
            }

            let (seen, rate) = load.stop()
            print("restarts: \(seen.values.reduce(0, +)) requests, \(Int(rate)) a second")
            let good: Set = ["200 \(Self.session.user)", "200 u-jwt", "200 "]
            #expect(
                Set(seen.keys) == good,
                "\(seen), at \(rate) requests a second; nginx wrote:\n\(nginx.log.suffix(1_000))")
        }

        static func resolver(
            _ redis: RedisServer, _ issuer: IssuerServer, control: Bool = false, givenSockets isGiven: Bool = false
        ) throws -> ResolverServer {
            let resolver = try ResolverServer(
                """
                issuers: [{ issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_uri: "\(issuer.keysURL)" }]
                sessions: { store: redis, app_id: my-project, redis: { url: "\(redis.url)" } }
                """, control: control, givenSockets: isGiven)
            try resolver.becomeReady()
            return resolver
        }

        /// nginx is also the backend, because that costs little: it answers with the user that it was told.
        static func nginx(_ resolvers: [Address]) throws -> Nginx {
            let backend = Address.unix("\(try Scratch.directory())/backend.sock")
            return try Nginx(
                resolver: resolvers[0], others: Array(resolvers.dropFirst()), backend: backend,
                settings: """
                    server { listen \(backend); keepalive_requests 1000000; \
                    location / { return 200 "$http_x_authgear_user_id"; } }
                    keepalive_requests 1000000;
                    """)
        }

        /// A session, a token, a stranger.
        static func requests() throws -> [String] {
            try ["Cookie: session=\(session.cookie)", "Authorization: Bearer \(Mint.token())", "X-Nothing: here"].map {
                "GET / HTTP/1.1\r\nHost: test\r\n\($0)\r\n\r\n"
            }
        }

        static func waitForMore(_ load: PacedLoad) throws {
            let before = load.answered
            _ = try eventually("requests to come") { load.answered >= before + 1_000 ? true : nil }
        }
    }
}
