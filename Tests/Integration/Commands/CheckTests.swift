import Fixtures
import Foundation
import Testing

extension IntegrationTests {
    /// `check` (contract section 8).
    @Suite struct CheckTests {
        let directory: String

        init() throws { directory = try Scratch.directory() }

        @Test func `0 when keys and store are there, and it says what it found`() throws {
            let issuer = try IssuerServer(keys: Mint.keySet())
            let redis = try RedisServer(password: "the-password")
            let (status, output) = try check(keys: issuer.keysURL, redis: redis.url)
            #expect(status == 0, "\(output)")
            #expect(output.contains(Mint.issuer))
            #expect(output.lowercased().contains("redis") || output.contains("store"))
            #expect(!output.contains("the-password"))
        }

        @Test func `1 when the store is not there`() throws {
            let issuer = try IssuerServer(keys: Mint.keySet())
            let (status, output) = try check(keys: issuer.keysURL, redis: "redis://127.0.0.1:\(FreePort.take())/0")
            #expect(status == 1, "\(output)")
        }

        @Test func `1 when the keys are not there`() throws {
            let redis = try RedisServer()
            let (status, output) = try check(keys: "http://127.0.0.1:\(FreePort.take())/jwks", redis: redis.url)
            #expect(status == 1, "\(output)")
            #expect(output.contains(Mint.issuer))
        }

        @Test func `1 when the file is wrong, and every error is said`() throws {
            try Scratch.write("listen: 4180\nsessions: { stores: redis }\n", to: "\(directory)/resolver.yaml")
            let (status, output) = try check()
            #expect(status == 1)
            #expect(output.contains("resolver.yaml:1:"))
            #expect(output.contains("resolver.yaml:2:"))
        }

        @Test func `a listener that everybody reaches is no error, and a hint`() throws {
            let (status, output) = try check(
                listen: ["0.0.0.0:\(FreePort.take())", "127.0.0.1:\(FreePort.take())"],
                admin: "[::]:\(FreePort.take())")
            #expect(status == 0, "\(output)")
            let hints = output.split(separator: "\n").filter { $0.hasPrefix("hint   ") }
            #expect(hints.count == 2, "\(output)")
            #expect(hints.first?.hasPrefix("hint   listen 0.0.0.0:") == true && hints.last?.contains("[::]:") == true)
        }

        @Test func `a Unix socket whose directory is missing is an error, and one that systemd makes a hint`() throws {
            let (status, output) = try check(
                listen: ["unix:\(directory)/missing/s", "unix:/run/authgear-resolver-\(UUID())/s"],
                admin: "unix:\(directory)/a")
            #expect(status == 1, "\(output)")
            #expect(
                output.contains("failed listen unix:\(directory)/missing/s: there is no directory \(directory)/missing")
            )
            #expect(output.contains("hint   listen unix:/run/authgear-resolver-"))
            #expect(!output.contains("admin.listen"))
        }

        @Test(arguments: [("serv", "serve"), ("Check", "check"), ("inspct", "inspect"), ("start", nil)])
        func `a command that there is not gets a suggestion`(word: String, right: String?) throws {
            let process = try ResolverServer.run([word, "--config", "resolver.yaml"], in: directory)
            #expect(try process.wait() == 64)
            #expect(process.output.hasPrefix("\"\(word)\" is no command"))
            #expect(process.output.contains("did you mean") == (right != nil))
            if let right { #expect(process.output.contains(", did you mean \(right)?; there are serve, demo, ")) }
        }

        @Test func `a file of certificates that is missing is named, for each neighbour that speaks TLS`() throws {
            try Scratch.write(
                """
                issuers:
                  - issuer: "\(Mint.issuer)"
                    audiences: [a]
                    jwks_uri: "https://localhost:\(FreePort.take())/jwks"
                sessions: { store: redis, app_id: a, redis: { url: "rediss://127.0.0.1:\(FreePort.take())" } }
                tls: { ca_file: ca.pem }
                """, to: "\(directory)/resolver.yaml")
            let (status, output) = try check()
            #expect(status == 1, "\(output)")
            let words =
                "there are no certificates to trust: \(directory)/ca.pem (tls.ca_file) can't be read: no such file"
            #expect(output.components(separatedBy: words).count == 3, "for the issuer and for the store: \(output)")
        }

        /// Checks listeners alone.
        private func check(listen: [String], admin: String) throws -> (Int32, String) {
            try Scratch.write(
                """
                listen: \(listen)
                admin: { listen: "\(admin)" }
                sessions: { store: memory, app_id: my-project, memory: { file: sessions.json } }
                """, to: "\(directory)/resolver.yaml")
            try Scratch.write("{}", to: "\(directory)/sessions.json")
            return try check()
        }

        private func check(keys: String, redis: String) throws -> (Int32, String) {
            try Scratch.write(
                """
                listen: ["127.0.0.1:\(FreePort.take())"]
                admin: { listen: "127.0.0.1:\(FreePort.take())" }
                issuers: [{ issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_uri: "\(keys)" }]
                sessions: { store: redis, app_id: my-project, redis: { url: "\(redis)" } }
                """, to: "\(directory)/resolver.yaml")
            return try check()
        }

        private func check() throws -> (Int32, String) {
            let process = try ResolverServer.run(["check", "--config", "\(directory)/resolver.yaml"], in: directory)
            return (try process.wait(), process.output)
        }
    }
}
