import Fixtures
import Foundation
import NIOConcurrencyHelpers
import Testing

extension IntegrationTests {
    /// Opaque tokens that an authorization server is asked about (contract section 19), by the real program.
    @Suite struct IntrospectionTests {
        private static func configuration(_ server: AuthorizationServer, _ more: String = "") -> String {
            """
            issuers:
              - issuer: https://id.example
                audiences: [api]
                jwks_uri: none
                introspection: { endpoint: "\(server.endpoint)", client: { id: me, secret: hunter2 }\(more) }
            policies:
              orders: { scopes: [stock:read] }
              admin: { scopes: [stock:admin] }

            """
        }

        private static func ask(
            _ resolver: ResolverServer, _ token: String, _ path: String = "/resolve"
        ) throws -> Response {
            try HTTPConnection.get(resolver.ipv4, path, "Authorization: Bearer \(token)")
        }

        private static func metrics(of resolver: ResolverServer) throws -> String {
            try HTTPConnection.get(resolver.admin, "/metrics").body
        }

        @Test func `a token is its user's, an inactive one is nobody's, and policies judge it`() throws {
            let server = try AuthorizationServer(AuthorizationServer.known)
            let resolver = try ResolverServer(Self.configuration(server))
            #expect(try HTTPConnection.get(resolver.admin, "/readyz").status == 200)
            for _ in 0..<3 {
                let answer = try Self.ask(resolver, "good-1")
                #expect(Response.identity(answer.fields) == ["session-valid: true", "user-id: u-good-1"])
            }
            #expect(server.requests.count <= 2)
            let request = try #require(server.requests.first)
            #expect(
                request.head.contains("Authorization: Basic bWU6aHVudGVyMg==")
                    || request.head.contains("authorization: Basic bWU6aHVudGVyMg=="))
            #expect(request.body == "token=good-1&token_type_hint=access_token")
            #expect(Response.identity(try Self.ask(resolver, "bad").fields) == ["session-valid: false"])
            #expect(try Self.ask(resolver, "bad", "/require").status == 401)
            #expect(try Self.ask(resolver, "good-1", "/policy/orders/require").status == 200)
            let refused = try Self.ask(resolver, "good-1", "/policy/admin/require")
            #expect(refused.status == 403)
            #expect(refused["www-authenticate"] == #"Bearer error="insufficient_scope", scope="stock:admin""#)
            let page = try Self.metrics(of: resolver)
            let name = #"authgear_resolver_questions_total{server="https://id.example",purpose="introspection""#
            #expect(page.contains(#"\#(name),result="valid"} "#))
            #expect(!page.contains(#"\#(name),result="invalid"} 0"#))
            #expect(!page.contains(#"credential="access_token",reason="inactive"} 0"#))
            #expect(!page.contains("good-1") && !page.contains("hunter2"))
            resolver.process.signal(SIGTERM)
            #expect(try resolver.process.wait() == 0)
            #expect(!resolver.process.output.contains("hunter2") && !resolver.process.output.contains("good-1"))
        }

        @Test func `while the server calls a token of our own inactive, inactive says nothing`() throws {
            let isWrong = NIOLockedValueBox(true)
            let server = try AuthorizationServer { request in
                guard request.target != "/token" else {
                    return AuthorizationServer.json(#"{"access_token":"good-own"}"#)
                }
                return isWrong.withLockedValue(\.self)
                    ? AuthorizationServer.json(#"{"active":false}"#) : AuthorizationServer.known(request)
            }
            let more = ", probe: true, token_endpoint: \"http://\(server.address)/token\""
            let resolver = try ResolverServer(Self.configuration(server, more))
            _ = try eventually("the probe") { server.requests.count >= 2 ? true : nil }
            for token in ["good-1", "bad-1"] {
                #expect(try Self.ask(resolver, token)["x-authgear-resolver-error"] == "ask_refused")
            }
            // Another secret is another attempt, at once.
            isWrong.withLockedValue { $0 = false }
            try resolver.rewrite(Self.configuration(server, more).replacing("hunter2", with: "right"))
            #expect(try HTTPConnection.get(resolver.admin, "/healthz").status == 200)
            resolver.process.signal(SIGHUP)
            _ = try eventually("inactive to be believed") {
                Response.identity(try Self.ask(resolver, "bad-2").fields) == ["session-valid: false"] ? true : nil
            }
        }

        @Test func `this issuer's JWTs are asked about as well, and lack nothing that the answer has`() throws {
            let server = try AuthorizationServer { request in
                let token = AuthorizationServer.token(of: request) ?? ""
                return token.hasPrefix("good")
                    ? AuthorizationServer.known(request)
                    : AuthorizationServer.json(
                        #"{"active":true,"sub":"u-jwt","aud":"\#(Mint.audience)","email":"a@b.example"}"#)
            }
            let issuer = try IssuerServer(keys: Mint.keySet())
            let resolver = try ResolverServer(
                """
                issuers:
                  - issuer: \(Mint.issuer)
                    audiences: ["\(Mint.audience)"]
                    jwks_uri: "\(issuer.keysURL)"
                    headers: { x-user-email: email }
                    introspection: { endpoint: "\(server.endpoint)", client: { id: me, secret: s }, for: all }

                """)
            let token = try Mint.token()
            for _ in 0..<2 {
                let answer = try Self.ask(resolver, token)
                #expect(Response.identity(answer.fields) == Mint.identity)
                #expect(answer["x-user-email"] == "a@b.example")
            }
            server.set { _ in AuthorizationServer.json(#"{"active":false}"#) }
            #expect(try Self.ask(resolver, Mint.token(["jti": "\"other\""]))["x-authgear-session-valid"] == "false")
            #expect(try Self.ask(resolver, token + "x")["x-authgear-session-valid"] == "false")
        }

        @Test func `check and inspect ask it, and name what is insecure`() throws {
            let server = try AuthorizationServer(AuthorizationServer.known)
            let directory = try Scratch.directory()
            let path = "\(directory)/resolver.yaml"
            try Scratch.write(Self.configuration(server, ", insecure: true"), to: path)
            func run(_ words: [String]) throws -> (status: Int32, output: String) {
                let process = try ResolverServer.run(words, in: directory)
                return (try process.wait(), process.output)
            }
            let check = try run(["check", "--config", path])
            #expect(
                check.output.contains("ok     introspection \(server.endpoint): reachable, and calls a random token"))
            #expect(check.output.contains("hint   introspection.insecure of https://id.example: tokens"))
            let valid = try run(["inspect", "--config", path, "--token", "good-1"])
            #expect(valid.status == 0 && valid.output.hasPrefix("valid\n"), "\(valid.output)")
            let invalid = try run(["inspect", "--config", path, "--token", "bad"])
            #expect(invalid.status == 1 && invalid.output.hasPrefix("invalid inactive\n"), "\(invalid.output)")
            server.set { _ in "401 Unauthorized\r\nContent-Length: 0\r\n\r\n" }
            let unknown = try run(["inspect", "--config", path, "--token", "good-1"])
            #expect(unknown.status == 1 && unknown.output.hasPrefix("unknown ask_refused\n"), "\(unknown.output)")
            #expect(try run(["check", "--config", path]).status == 1)
        }
    }
}
