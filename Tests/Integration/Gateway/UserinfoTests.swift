import Fixtures
import Foundation
import NIOConcurrencyHelpers
import Testing

extension IntegrationTests {
    /// What tokens lack and a userinfo endpoint knows (contract section 22), by the real program.
    @Suite struct UserinfoTests {
        private static func configuration(_ server: AuthorizationServer, _ more: String = "") throws -> String {
            """
            issuers:
              - issuer: \(Mint.issuer)
                audiences: ["\(Mint.audience)"]
                jwks_uri: "\(try GatewayStage.shared.get().issuer.keysURL)"
                claims: { roles: groups }
                headers: { x-user-email: email }
                userinfo: { endpoint: "http://\(server.address)/userinfo"\(more) }
            policies:
              stock: { roles: [stock] }
              scope: { scopes: [admin] }

            """
        }

        private static func resolver(_ server: AuthorizationServer, _ more: String = "") throws -> ResolverServer {
            let resolver = try ResolverServer(try configuration(server, more))
            try resolver.becomeReady()
            return resolver
        }

        private static let whole = AuthorizationServer.json(
            #"{"sub":"u-jwt","groups":["stock"],"email":"J\u00fcrgen@b.example","scope":"admin","aud":"x"}"#)

        private func ask(_ resolver: ResolverServer, _ token: String, _ path: String = "/resolve") throws -> Response {
            try HTTPConnection.get(resolver.ipv4, path, "Authorization: Bearer \(token)")
        }

        @Test func `a token is completed by what was named, and by nothing else`() throws {
            let server = try AuthorizationServer { _ in Self.whole }
            let resolver = try Self.resolver(server)
            let token = try Mint.token()
            for _ in 0..<2 {
                let answer = try ask(resolver, token)
                #expect(answer["x-authgear-user-roles"] == "stock")
                #expect(answer["x-user-email"] == "J%C3%BCrgen@b.example")
                #expect(try ask(resolver, token, "/policy/stock/require").status == 200)
                #expect(try ask(resolver, token, "/policy/scope/require").status == 403)
            }
            #expect(server.requests.allSatisfy { $0.head.contains("Bearer \(token)") })
            let asked = server.requests.count
            // What lacks nothing is not asked about.
            let own = try Mint.token(["groups": #"["own"]"#, "email": #""own@b.example""#])
            let answer = try ask(resolver, own)
            #expect(answer["x-authgear-user-roles"] == "own" && answer["x-user-email"] == "own@b.example")
            #expect(server.requests.count == asked)
        }

        @Test func `an answer about somebody else makes it invalid`() throws {
            let server = try AuthorizationServer { _ in AuthorizationServer.json(#"{"sub":"other","groups":["stock"]}"#)
            }
            let resolver = try Self.resolver(server)
            #expect(try ask(resolver, Mint.token()).identity == ["session-valid: false"])
            #expect(try resolver.metric("refusals_total", #"credential="token""#, #"reason="userinfo_mismatch""#) == 1)
        }

        @Test func `with partial a failed question takes the claims alone, and for no longer than it must`() throws {
            let isDown = NIOLockedValueBox(true)
            let server = try AuthorizationServer { _ in
                isDown.withLockedValue(\.self) ? "500 Oh\r\nContent-Length: 0\r\n\r\n" : Self.whole
            }
            let resolver = try Self.resolver(server, ", missing: partial")
            let token = try Mint.token()
            let answer = try ask(resolver, token)
            #expect(answer["x-authgear-user-id"] == "u-jwt")
            #expect(answer["x-authgear-user-roles"] == nil && answer["x-user-email"] == nil)
            #expect(try ask(resolver, token, "/policy/stock/require").status == 403)
            isDown.withLockedValue { $0 = false }
            _ = try eventually("the token to be completed") {
                try ask(resolver, token)["x-authgear-user-roles"] == "stock" ? true : nil
            }
        }

        @Test func `check and inspect ask it, and name what is insecure`() throws {
            let server = try AuthorizationServer { request in
                request.head.contains("eyJ") ? Self.whole : "401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
            }
            let directory = try Scratch.directory()
            let path = "\(directory)/resolver.yaml"
            try Scratch.write(try Self.configuration(server, ", insecure: true"), to: path)
            func run(_ words: String...) throws -> (status: Int32, output: String) {
                let process = try ResolverServer.run(words, in: directory)
                return (try process.wait(), process.output)
            }
            let check = try run("check", "--config", path)
            #expect(
                check.output.contains(
                    "ok     userinfo http://\(server.address)/userinfo: reachable, and refuses a random token"))
            #expect(check.output.contains("hint   userinfo.insecure of \(Mint.issuer): tokens are sent over http"))
            let valid = try run("inspect", "--config", path, "--policy", "stock", "--token", try Mint.token())
            #expect(valid.status == 0 && valid.output.hasPrefix("valid\n"), "\(valid.output)")
            #expect(valid.output.contains("  userinfo asked for what the token lacks: active\n"))
            server.set { _ in "401 Unauthorized\r\nContent-Length: 0\r\n\r\n" }
            let invalid = try run("inspect", "--config", path, "--token", try Mint.token())
            #expect(invalid.status == 1 && invalid.output.hasPrefix("invalid inactive\n"), "\(invalid.output)")
            server.set { _ in nil }
            let unknown = try run("inspect", "--config", path, "--token", try Mint.token())
            #expect(unknown.status == 1 && unknown.output.hasPrefix("unknown ask_timed_out\n"), "\(unknown.output)")
        }
    }
}
