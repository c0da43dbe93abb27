import Foundation
import Testing

extension IntegrationTests {
    /// What an operator reads: few lines, each of which says something.
    @Suite struct LogTests {
        private let issuer: IssuerServer

        init() throws { issuer = try IssuerServer(keys: Mint.keySet()) }

        private func resolver(_ redis: String, threads: Int) throws -> ResolverServer {
            try ResolverServer(
                """
                threads: \(threads)
                issuers: [{ issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_uri: "\(issuer.keysURL)" }]
                sessions: { store: redis, app_id: my-project, redis: { url: "\(redis)" } }
                """)
        }

        @Test func `a Redis that comes and goes is a line a minute for the process, whatever its event loops`() throws {
            let redis = try RedisServer()
            let resolver = try resolver(redis.url, threads: 4)
            for _ in 0..<4 {
                _ = try eventually("all event loops to be connected; the resolver wrote:\n\(resolver.process.output)") {
                    let isTold = resolver.process.output.contains("redis tells of changes")
                    return try resolver.metric("store_connections") == 4 && isTold ? true : nil
                }
                redis.kill()
                _ = try eventually("no event loop to be connected") {
                    try resolver.metric("store_connections") == 0 ? true : nil
                }
                try redis.start()
            }
            let lines = resolver.process.output.split(separator: "\n")
            for kind in [
                "the session store is reachable", "the session store is out of reach", "redis tells of changes",
                "redis does not tell of changes",
            ] {
                #expect(lines.count { $0.contains(kind) } == 1, "\(lines.joined(separator: "\n"))")
            }
        }

        @Test func `the first line says which program runs, with which configuration`() throws {
            let redis = try RedisServer()
            let resolver = try resolver(redis.url, threads: 1)
            let first = try #require(resolver.process.output.split(separator: "\n").first)
            #expect(first.contains(" info starting configuration=/"))
            #expect(first.contains("/resolver.yaml version=0.1.0"))
        }

        @Test func `debug says why a credential was refused, and never shows it`() throws {
            let redis = try RedisServer()
            let resolver = try resolver(redis.url, threads: 1)
            try resolver.becomeReady()
            let tokens = try [Mint.token(["exp": Mint.time(-99)]), Mint.tamperedToken()]
            for token in tokens {
                _ = try HTTPConnection.get(resolver.ipv4, "/resolve", "Authorization: Bearer \(token)")
            }
            _ = try HTTPConnection.get(resolver.ipv4, "/resolve", "Cookie: session=secret-id.secret-part")
            let wanted = [
                "debug a credential was refused credential=token issuer=\(Mint.issuer) kid=",
                " reason=expired\n", " reason=signature_wrong\n",
                "debug a credential was refused credential=session reason=not_found\n",
            ]
            let output = try eventually("the lines; it wrote:\n\(resolver.process.output)") {
                let output = resolver.process.output
                return wanted.allSatisfy(output.contains) ? output : nil
            }
            for secret in tokens + ["secret-id", "secret-part"] { #expect(!output.contains(secret)) }
        }

        @Test func `no line holds the name of a Swift type`() throws {
            let redis = try RedisServer()
            let resolver = try resolver(redis.url, threads: 2)
            try resolver.becomeReady()
            resolver.process.signal(SIGTERM)
            _ = try eventually("the resolver to end") { resolver.process.status() }
            let output = resolver.process.output
            #expect(output.contains(" info stopped"))
            for word in ["AuthgearResolver.", "KeySets", "SessionStores", "AdminListener", "ServiceLifecycle", "sl-"] {
                #expect(!output.contains(word), "\(output)")
            }
        }
    }
}
