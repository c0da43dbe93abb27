import Foundation
import JOSE
import Testing

extension IntegrationTests {
    /// What the operator changes by the admin listener of a process that runs.
    @Suite struct ChangeTests {
        private let redis: RedisServer
        private let issuer: IssuerServer

        init() throws {
            redis = try RedisServer(password: "the-password")
            issuer = try IssuerServer(keys: Mint.keySet())
        }

        private func configuration(_ more: String = "") -> String {
            """
            issuers: [{ issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_uri: "\(issuer.keysURL)" }]
            sessions: { store: redis, app_id: my-project, redis: { url: "\(redis.url)" } }
            \(more)
            """
        }

        private func resolver(changes: Bool = true, level: String = "info") throws -> ResolverServer {
            let resolver = try ResolverServer(configuration(), changes: changes, level: level)
            try resolver.becomeReady()
            return resolver
        }

        @Test func `the file is read again, and the page says what holds, without a secret`() throws {
            let resolver = try resolver()
            func page() throws -> String { try HTTPConnection.get(resolver.admin, "/config").body }
            #expect(try page().hasPrefix(#"{"generation": 1, "sha256": ""#))
            try resolver.rewrite(configuration("challenge: { realm: elsewhere }"))
            let answer = try resolver.change("/reload")
            #expect(answer.status == 200 && answer.body.contains("it is configuration 2 since the start"), "\(answer)")
            let shown = try page()
            #expect(shown.hasPrefix(#"{"generation": 2, "sha256": ""#) && shown.contains(#""realm": "elsewhere""#))
            #expect(shown.contains("://***@127.0.0.1:") && !shown.contains("the-password"))
            let digest = shown.split(separator: "\"").first { $0.count == 64 } ?? ""
            #expect(try resolver.metric("config_info", #"sha256="\#(digest)""#) == 1)
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(shown.utf8)) }

            try resolver.rewrite(configuration("challenge: { realms: elsewhere }"))
            let refused = try resolver.change("/reload")
            #expect(refused.status == 422 && refused.body.contains("challenge.realms: unknown key"), "\(refused)")
            #expect(try page() == shown)
            #expect(try resolver.metric("config_generation") == 2)
        }

        @Test func `who has no leave, or a name that is not the listener's, changes nothing`() throws {
            let resolver = try resolver()
            let head = "POST /reload HTTP/1.1\r\nContent-Length: 0\r\n"
            for fields in [
                "Host: \(resolver.admin)\r\n", "Host: evil.example\r\nX-Authgear-Admin: 1\r\n",
                "Host: evil.example\r\nHost: localhost\r\nX-Authgear-Admin: 1\r\n",
            ] {
                let answer = try HTTPConnection.ask(resolver.admin, head + fields + "\r\n")
                #expect([400, 403].contains(answer.status), "\(fields)\n\(answer)")
            }
            let get = try HTTPConnection.get(resolver.admin, "/reload", "X-Authgear-Admin: 1")
            #expect(get.status == 405 && get["allow"] == "POST")
            #expect(try resolver.metric("config_generation") == 1)
            let other = try self.resolver(changes: false)
            for path in ["/reload", "/drain", "/loglevel?level=debug", "/cache/flush"] {
                #expect(try other.change(path).status == 403)
            }
            #expect(try HTTPConnection.get(other.admin, "/readyz").status == 200)
        }

        @Test func `the log tells more for a while, also of what is refused, and then no more`() throws {
            let resolver = try resolver()
            func refuse(_ name: String) throws {
                let token = try Mint.token(
                    ["exp": Mint.time(-99)], key: Mint.key.get().using(.rs256, kid: "kid-\(name)"))
                _ = try HTTPConnection.get(resolver.ipv4, "/resolve", "Authorization: Bearer \(token)")
            }
            func isLogged(_ name: String) -> Bool {
                resolver.process.output.split(separator: "\n")
                    .contains { $0.contains("debug a credential was refused") && $0.contains("kid-\(name)") }
            }
            try refuse("a")
            #expect(try resolver.change("/loglevel?level=debug&for=3s").body == "the log's level is debug for 3s\n")
            // A reload in between changes the file's level, and not the one that holds.
            #expect(try resolver.change("/reload").status == 200)
            _ = try eventually("a line about what is refused") {
                try refuse("b")
                return isLogged("b") ? true : nil
            }
            _ = try eventually("the configured level to hold") {
                resolver.process.output.contains("the log has its configured level again log_level=info") ? true : nil
            }
            try refuse("c")
            #expect(try resolver.change("/loglevel?level=debug").status == 200)
            _ = try eventually("a line about what is refused later") {
                try refuse("d")
                return isLogged("d") ? true : nil
            }
            #expect(!isLogged("a") && !isLogged("c"))
            #expect(try resolver.change("/loglevel?level=debug&for=2h").status == 400)
        }

        @Test func `a drain ends the process in order`() throws {
            let resolver = try resolver()
            let idle = try HTTPConnection(to: resolver.ipv4)
            #expect(try idle.get("/resolve").status == 200)
            #expect(try resolver.change("/cache/flush").status == 200)
            #expect(resolver.process.output.contains("the admin listener had every answer forgotten"))
            #expect(try resolver.change("/drain").body == "draining\n")
            #expect(try resolver.process.wait() == 0)
            #expect(resolver.process.output.contains("the admin listener tells the process to end"))
        }
    }
}
