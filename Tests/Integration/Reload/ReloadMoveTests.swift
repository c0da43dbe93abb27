import Fixtures
import Foundation
import NIOConcurrencyHelpers
import Testing

extension IntegrationTests {
    /// Reloads by which records or keys come from elsewhere.
    @Suite struct ReloadMoveTests {
        private static let session = StoredSession(id: "s1", user: "u1")

        private let redis: RedisServer
        private let issuer: IssuerServer

        init() throws {
            redis = try Self.server(of: "my-project")
            issuer = try IssuerServer(keys: Mint.keySet())
        }

        /// A Redis in which an application of this name has the session.
        private static func server(of appID: String, password: String? = nil) throws -> RedisServer {
            let server = try RedisServer(password: password)
            let user = StoredUser(id: session.user)
            for (key, json) in [
                (RedisServer.key(session: session.id), session.json), (RedisServer.key(user: user.id), user.json),
            ] {
                try server.set(key.replacing("my-project", with: appID), json.replacing("my-project", with: appID))
            }
            return server
        }

        private func configuration(_ url: String? = nil, appID: String = "my-project", other: String = "") -> String {
            """
            issuers:
              - { issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_uri: "\(issuer.keysURL)" }
            \(other)
            sessions: { store: redis, app_id: \(appID), redis: { url: "\(url ?? redis.url)" } }
            """
        }

        private func resolver() throws -> ResolverServer {
            let resolver = try ResolverServer(configuration(), control: true)
            try resolver.becomeReady()
            return resolver
        }

        private func status(_ resolver: ResolverServer) throws -> Int {
            try HTTPConnection.get(resolver.ipv4, "/require", "Cookie: session=\(Self.session.cookie)").status
        }

        @Test func `application and Redis change together, and no request fails, and it stays ready`() throws {
            let (resolver, other) = (try resolver(), try Self.server(of: "another"))
            let load = PacedLoad(
                resolver.ipv4, rate: Program.rounds("RATE", default: 500), clients: 16,
                requests: ["GET /require HTTP/1.1\r\nHost: a\r\nCookie: session=\(Self.session.cookie)\r\n\r\n"])
            defer { _ = load.stop() }
            let unready = NIOLockedValueBox<(isOver: Bool, answers: [String])>((false, []))
            let prober = Thread {
                while !unready.withLockedValue(\.isOver) {
                    let answer = try? HTTPConnection.get(resolver.admin, "/readyz")
                    if answer?.status != 200 { unready.withLockedValue { $0.answers.append("\(answer?.body ?? "")") } }
                }
            }
            prober.start()
            for number in 0..<Program.rounds("RELOADS", default: 12) {
                let before = load.answered
                try resolver.rewrite(
                    number % 2 == 0 ? configuration(other.url, appID: "another") : configuration())
                let outcome = try resolver.reload()
                #expect(outcome.status == 0, "\(outcome)")
                _ = try eventually("requests to come") { load.answered >= before + 100 ? true : nil }
            }
            unready.withLockedValue { $0.isOver = true }
            let seen = load.stop().seen
            #expect(Set(seen.keys) == ["200 "], "\(seen); it wrote:\n\(resolver.process.output.suffix(2_000))")
            #expect(unready.withLockedValue(\.answers) == [])
        }

        @Test func `a Redis that can't be read is an error of the reload, and nothing changes`() throws {
            let (resolver, guarded) = (try resolver(), try Self.server(of: "my-project", password: "right"))
            for url in ["redis://127.0.0.1:\(try FreePort.take())/0", guarded.url.replacing("right", with: "guessed")] {
                try resolver.rewrite(configuration(url))
                let (code, output) = try resolver.reload()
                #expect(code == 1 && output.contains("sessions.redis.url: "), "\(output)")
                #expect(!output.contains("guessed"))
                #expect(try status(resolver) == 200)
                #expect(try HTTPConnection.get(resolver.admin, "/readyz").status == 200)
            }
            #expect(try resolver.metric("config_generation") == 1)
            try resolver.rewrite(configuration(guarded.url))
            #expect(try resolver.reload().status == 0)
            #expect(try status(resolver) == 200)
        }

        @Test func `where Redis is out of reach already, another is taken as at a start`() throws {
            let resolver = try resolver()
            let port = try FreePort.take()
            redis.kill()
            _ = try eventually("the loss to be noticed") {
                try HTTPConnection.get(resolver.admin, "/readyz").body.hasPrefix("degraded\n") ? true : nil
            }
            try resolver.rewrite(configuration("redis://127.0.0.1:\(port)/0"))
            #expect(try resolver.reload().status == 0)
            let next = try RedisServer(port: port)
            try next.add(Self.session)
            try next.add(StoredUser(id: Self.session.user))
            _ = try eventually("the session to be found") { try status(resolver) == 200 ? true : nil }
        }

        @Test func `a file that is watched is tried again when the Redis that it names may be there`() throws {
            let resolver = try resolver()
            let port = try FreePort.take()
            try resolver.rewrite(configuration("redis://127.0.0.1:\(port)/0") + "\nreload: { watch: true }\n")
            #expect(try resolver.reload().status == 1)
            // It is what holds that says whether files are watched.
            try resolver.rewrite(configuration() + "\nreload: { watch: true }\n")
            #expect(try resolver.reload().status == 0)
            try resolver.rewrite(configuration("redis://127.0.0.1:\(port)/0") + "\nreload: { watch: true }\n")
            _ = try eventually("the file to be refused") {
                try resolver.metric("config_reloads_total", #"result="refused""#) == 2 ? true : nil
            }
            #expect(try status(resolver) == 200)
            let next = try RedisServer(port: port)
            try next.add(Self.session)
            try next.add(StoredUser(id: Self.session.user))
            _ = try eventually("the file to be taken; it wrote:\n\(resolver.process.output)") {
                try resolver.metric("config_generation") == 3 ? true : nil
            }
            #expect(try status(resolver) == 200)
        }

        @Test func `an issuer whose keys have not come yet takes nobody away who is answered`() throws {
            let resolver = try resolver()
            let silent = "http://127.0.0.1:\(try FreePort.take())/keys"
            let other = #"  - { issuer: "https://second.test", audiences: ["a"], jwks_uri: "\#(silent)" }"#
            try resolver.rewrite(configuration(other: other))
            #expect(try resolver.reload().status == 0)
            let answer = try HTTPConnection.get(resolver.admin, "/readyz")
            #expect(answer.status == 200)
            #expect(
                answer.body.hasPrefix("degraded\nissuer https://second.test: no keys yet from \(silent)"),
                "\(answer.body)"
            )
            #expect(try resolver.restart() == 0)
            _ = try eventually("the rest to be there") {
                let answer = try HTTPConnection.get(resolver.admin, "/readyz")
                return answer.body.hasPrefix("degraded\nissuer https://second.test: no keys yet from") ? true : nil
            }
        }

        @Test func `a pipe that the file names keeps neither a reload nor the end waiting`() throws {
            let resolver = try resolver()
            let pipe = try Scratch.directory() + "/pipe"
            #expect(unsafe mkfifo(pipe, 0o600) == 0)
            try resolver.rewrite(configuration("${file:\(pipe)}"))
            let (code, output) = try resolver.reload()
            #expect(code == 1 && output.contains("it is a pipe"), "\(output)")
            resolver.process.signal(SIGTERM)
            #expect(try resolver.process.wait() == 0)
        }
    }
}
