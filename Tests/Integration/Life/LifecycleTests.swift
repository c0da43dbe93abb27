import EventLoop
import Fixtures
import Foundation
import Testing

extension IntegrationTests {
    /// Start and end of the process (contract sections 7 and 8).
    @Suite struct LifecycleTests {
        static let session = StoredSession(id: "held", user: "u-held")
        static let records = [
            RedisServer.key(session: session.id): session.json,
            RedisServer.key(user: session.user): StoredUser(id: session.user).json,
        ]

        @Test func `SIGTERM finishes what is in flight, takes nothing new, and exits 0`() throws {
            let redis = try StandInRedis(.holdsReads, records: Self.records)
            let resolver = try Self.resolver(redis)
            let idle = try HTTPConnection(to: resolver.ipv4)
            #expect(try idle.get("/resolve").status == 200)
            let connection = try Self.requestInFlight(resolver, redis)

            resolver.process.signal(SIGTERM)
            try Self.waitUntilNobodyListens(resolver)
            #expect(resolver.process.status() == nil)
            redis.release()

            let response = try connection.response()
            #expect(response.status == 200)
            #expect(response.identity.contains("user-id: u-held"))
            #expect(try connection.rest() == "")
            #expect(try idle.rest() == "")
            #expect(try resolver.process.wait() == 0)
        }

        @Test func `for as long as shutdown.delay says, nothing changes but its readiness`() throws {
            let resolver = try Self.resolver(shutdown: "delay: 60s")
            resolver.process.signal(SIGTERM)
            _ = try eventually("/readyz to say so") {
                try HTTPConnection.get(resolver.admin, "/readyz").status == 503 ? true : nil
            }
            #expect(try HTTPConnection.get(resolver.admin, "/readyz").body == "draining\n")
            #expect(try HTTPConnection.get(resolver.admin, "/healthz").status == 200)
            let connection = try HTTPConnection(to: resolver.ipv4)
            for _ in 0..<2 { #expect(try connection.get("/resolve")["connection"] == nil) }
            resolver.process.signal(SIGTERM)
            #expect(try resolver.process.wait() != 0)
        }

        @Test func `after SIGTERM a silent connection has one more request, whose answer says that it is the last`()
            throws
        {
            let resolver = try Self.resolver(shutdown: "idle: 60s, timeout: 60s")
            let connections = try [resolver.ipv4, resolver.unix].map { try HTTPConnection(to: $0) }
            for connection in connections { #expect(try connection.get("/resolve")["connection"] == nil) }
            resolver.process.signal(SIGTERM)
            try Self.waitUntilNobodyListens(resolver)
            #expect(try HTTPConnection.get(resolver.admin, "/readyz").body == "draining\n")
            for connection in connections {
                let response = try connection.get("/resolve")
                #expect(response.status == 200 && response["connection"] == "close")
                #expect(try connection.rest() == "")
            }
            #expect(try resolver.process.wait() == 0)
        }

        @Test func `signals that tell others to read their files again change nothing, and are logged`() throws {
            let resolver = try Self.resolver(shutdown: "delay: 0s")
            let connection = try HTTPConnection(to: resolver.ipv4)
            for (signal, name) in [(SIGHUP, "SIGHUP"), (SIGUSR1, "SIGUSR1"), (SIGUSR2, "SIGUSR2")] {
                resolver.process.signal(signal)
                _ = try eventually("a line about \(name)") { resolver.process.output.contains(name) ? true : nil }
                #expect(try connection.get("/resolve").status == 200)
            }
            resolver.process.signal(SIGPIPE)
            #expect(try connection.get("/resolve").status == 200)
            #expect(try HTTPConnection.get(resolver.admin, "/readyz").status == 200)
            resolver.process.signal(SIGTERM)
            #expect(try resolver.process.wait() == 0)
        }

        @Test(arguments: [24, 64, 100])
        func `with too few files to serve anybody it refuses to start, and says how many it needs`(
            files: Int
        ) throws {
            let directory = try Scratch.directory()
            try Scratch.write("{}", to: "\(directory)/sessions.json")
            try Scratch.write(
                """
                threads: 1
                listen: ["127.0.0.1:\(try FreePort.take())"]
                admin: { listen: "127.0.0.1:\(try FreePort.take())" }
                sessions: { store: memory, app_id: a, memory: { file: "\(directory)/sessions.json" } }
                """, to: "\(directory)/resolver.yaml")
            let command = "ulimit -n \(files) && exec \(try #require(Program.resolver)) serve --config resolver.yaml"
            let process = try ChildProcess("/bin/sh", ["-c", command], in: directory)
            #expect(try process.wait() == 1, "\(process.output)")
            #expect(process.output.contains("at most \(files) files may be open, and at least 153 are needed"))
        }

        @Test func `a second SIGTERM ends it at once`() throws {
            let redis = try StandInRedis(.holdsReads)
            let resolver = try Self.resolver(redis)
            let connection = try Self.requestInFlight(resolver, redis)

            resolver.process.signal(SIGTERM)
            try Self.waitUntilNobodyListens(resolver)
            #expect(resolver.process.status() == nil)
            resolver.process.signal(SIGTERM)

            _ = try resolver.process.wait()
            #expect(throws: WireError.self) { try connection.response() }
            #expect(redis.reads == 1)
        }

        @Test func `the Unix socket of a process that was killed is taken over`() throws {
            let directory = try Scratch.directory()
            let configuration = """
                listen: ["unix:\(directory)/resolver.sock"]
                admin: { listen: "127.0.0.1:\(try FreePort.take())" }
                sessions: { store: memory, app_id: a, memory: { file: "\(directory)/sessions.json" } }
                """
            try Scratch.write("{}", to: "\(directory)/sessions.json")
            for _ in 0..<2 {
                let process = try ResolverServer.launch(configuration, in: directory)
                _ = try eventually("an answer; it wrote:\n\(process.output)") {
                    try HTTPConnection.get(.unix("\(directory)/resolver.sock"), "/resolve").status
                }
                process.kill()
            }
        }

        @Test func `it starts while Redis and the issuer are away, and says so`() throws {
            let nowhere = Address.ipv4(try FreePort.take())
            let resolver = try ResolverServer(
                """
                issuers: [{ issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_uri: "http://\(nowhere)/jwks" }]
                sessions: { store: redis, app_id: my-project, redis: { url: "redis://\(nowhere)/0" } }
                """)
            #expect(try HTTPConnection.get(resolver.admin, "/healthz").status == 200)
            let readiness = try HTTPConnection.get(resolver.admin, "/readyz")
            #expect(readiness.status == 503)
            #expect(["starting\n", "unavailable\n"].contains(where: readiness.body.hasPrefix), "\(readiness.body)")
            #expect(readiness.body.contains(Mint.issuer))
            #expect(readiness.body.lowercased().contains("redis") || readiness.body.contains("store"))
            #expect(try HTTPConnection.get(resolver.ipv4, "/resolve").status == 200)
            let token = try HTTPConnection.get(resolver.ipv4, "/resolve", "Authorization: Bearer \(Mint.token())")
            #expect(token.status == 503)
            #expect(token.identity == ["resolver-error: keys_not_loaded"])
            let cookie = try HTTPConnection.get(resolver.ipv4, "/resolve", "Cookie: session=a.b")
            #expect(cookie.status == 503)
            #expect(cookie.identity == ["resolver-error: store_disconnected"])
        }

        /// A Redis that takes connections and says nothing, and a resolver of four loops beside it.
        private func besideSilentRedis(connectTimeout: String) throws -> (redis: SocketServer, ResolverServer) {
            let redis = try SocketServer(on: .ipv4(FreePort.take())) { socket in
                while try !socket.receive().isEmpty {}
            }
            let resolver = try ResolverServer(
                """
                threads: 4
                sessions:
                  store: redis
                  app_id: my-project
                  cache: { entries: 0 }
                  redis: { url: "redis://\(redis.address)/0", connect_timeout: \(connectTimeout) }
                """)
            return (redis, resolver)
        }

        @Test func `while Redis is silent the operator is answered, and all loops try at once`() throws {
            // Each attempt lasts longer than any wait here.
            let (redis, resolver) = try besideSilentRedis(connectTimeout: "60s")
            #expect(try HTTPConnection.get(resolver.admin, "/healthz").status == 200)
            let readiness = try HTTPConnection.get(resolver.admin, "/readyz")
            #expect(readiness.status == 503)
            #expect(readiness.body.hasPrefix("starting\nsession store: redis was not asked yet"), "\(readiness.body)")
            _ = try eventually("a connection of each loop") { redis.accepted == 4 ? true : nil }
        }

        @Test func `it serves once the first attempt at a silent Redis has ended`() throws {
            let (redis, resolver) = try besideSilentRedis(connectTimeout: "50ms")
            #expect(try HTTPConnection.get(resolver.ipv4, "/resolve").status == 200)
            let cookie = try HTTPConnection.get(resolver.ipv4, "/resolve", "Cookie: session=a.b")
            #expect(cookie.status == 503)
            #expect(cookie.identity == ["resolver-error: store_disconnected"])
            #expect(redis.accepted >= 4)
            let readiness = try HTTPConnection.get(resolver.admin, "/readyz")
            #expect(
                readiness.status == 503 && readiness.body.hasPrefix("unavailable\nsession store: "), "\(readiness.body)"
            )
        }

        @Test func `of a wrong configuration it says every error with its line, and listens nowhere`() throws {
            let directory = try Scratch.directory()
            let port = try FreePort.take()
            // Holds the port: would it be bound before the file is read, that would be the error.
            let holder = try Socket.listen(on: .ipv4(port))
            defer { holder.cut() }
            let process = try ResolverServer.launch(
                """
                listen: ["127.0.0.1:\(port)"]
                threads: many
                issuers:
                  - issuer: https://id.test
                    audiences: []
                    algorithms: [HS256]
                sessions:
                  store: postgres
                  lifetime: 364
                limit: { connections: 1 }
                """, in: directory)
            #expect(try process.wait() == 1)
            let file = "\(directory)/resolver.yaml"
            for (line, key) in [
                (2, "threads"), (5, "audiences"), (6, "algorithms"), (8, "store"), (9, "lifetime"), (10, "limit"),
            ] {
                let complaint = process.output.split(separator: "\n").first { $0.contains("\(file):\(line):") }
                #expect(complaint?.contains(key) == true, "line \(line), \(key):\n\(process.output)")
            }
            #expect(!process.output.contains("\(port)"))
        }

        @Test func `a port that is taken is an error that names it`() throws {
            let port = try FreePort.take()
            let holder = try Socket.listen(on: .ipv4(port))
            defer { holder.cut() }
            let directory = try Scratch.directory()
            try Scratch.write("{}", to: "\(directory)/sessions.json")
            let process = try ResolverServer.launch(
                """
                listen: ["127.0.0.1:\(port)"]
                admin: { listen: "127.0.0.1:\(try FreePort.take())" }
                sessions: { store: memory, app_id: a, memory: { file: "\(directory)/sessions.json" } }
                """, in: directory)
            #expect(try process.wait() == 1)
            #expect(process.output.contains("127.0.0.1:\(port)"))
        }

        /// A resolver without a store.
        private static func resolver(shutdown: String) throws -> ResolverServer {
            let directory = try Scratch.directory()
            try Scratch.write("{}", to: "\(directory)/sessions.json")
            let resolver = try ResolverServer(
                """
                sessions: { store: memory, app_id: a, memory: { file: "\(directory)/sessions.json" } }
                shutdown: { \(shutdown) }
                """)
            try resolver.becomeReady()
            return resolver
        }

        private static func resolver(_ redis: StandInRedis) throws -> ResolverServer {
            let resolver = try ResolverServer(
                """
                sessions:
                  store: redis
                  app_id: my-project
                  redis: { url: "\(redis.url)", command_timeout: 20s }
                """)
            try resolver.becomeReady()
            return resolver
        }

        /// A connection whose request waits for the store.
        private static func requestInFlight(
            _ resolver: ResolverServer, _ redis: StandInRedis
        ) throws -> HTTPConnection {
            let connection = try HTTPConnection(to: resolver.ipv4)
            try connection.send("GET /resolve HTTP/1.1\r\nHost: a\r\nCookie: session=\(session.cookie)\r\n\r\n")
            _ = try eventually("the read to arrive at Redis") { redis.reads > 0 ? true : nil }
            return connection
        }

        private static func waitUntilNobodyListens(_ resolver: ResolverServer) throws {
            _ = try eventually("new connections to be refused") {
                (try? HTTPConnection(to: resolver.ipv4)) == nil ? true : nil
            }
        }
    }
}
