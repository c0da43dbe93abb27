import Fixtures
import Foundation
import NIOConcurrencyHelpers
import Testing

extension IntegrationTests {
    /// authentik's session cookie, asked about as its API documents `core/users/me`, with its CSRF header, through nginx with the
    /// files that the program prints.
    @Suite struct AuthentikTests {
        private static func configuration(_ server: AuthorizationServer) -> String {
            """
            cookies:
              - name: authentik_session
                ask: http://\(server.address)/api/v3/core/users/me/
                claims: { user_id: [user, uid], roles: { claim: [user, groups], each: name } }
                refuse_when: [original]
            sessions: { store: none, scopes: [shop] }
            original: nginx
            csrf: { token: { cookie: authentik_csrf, header: x-authentik-csrf } }
            policies:
              stock: { credentials: [session], roles: [stock], scopes: [shop] }
              admin: { roles: [authentik Admins] }
              token: { credentials: [token] }

            """
        }

        private static let user = #"""
            {"pk":4,"username":"ada","name":"Ada","is_active":true,"is_superuser":false,
            "groups":[{"name":"stock","pk":"7f8c"},{"name":"staff","pk":"11aa"}],"email":"ada@example.com",
            "avatar":"/static/dist/assets/images/user_default.png","uid":"ab12","settings":{},"type":"internal",
            "system_permissions":[]}
            """#

        /// What it says by the cookie: nothing to a stranger, and more where an administrator impersonates the user.
        @Sendable private static func answer(_ request: RequestReader.Request) -> String? {
            switch request.head.split(separator: "authentik_session=").last?.prefix(while: \.isLetter) {
            case "good":
                AuthorizationServer.json(#"{"user":\#(user),"original":null}"#, "Set-Cookie: authentik_session=new\r\n")
            case "admin":
                AuthorizationServer.json(#"{"user":\#(user),"original":{"pk":1,"username":"root","uid":"ff"}}"#)
            case "nameless": AuthorizationServer.json(#"{"user":{"uid":""}}"#)
            default:
                AuthorizationServer.json(
                    #"{"detail":"Authentication credentials were not provided."}"#, status: "403 Forbidden")
            }
        }

        private static let good = "Cookie: a=b; authentik_session=good; authentik_csrf=\(csrf)"
        private static let csrf = String(repeating: "aZ09-_xy", count: 4)

        @Test func `a session is its user's with its groups, and policies judge it`() throws {
            let server = try AuthorizationServer(Self.answer)
            let resolver = try ResolverServer(Self.configuration(server))
            let fields = [Self.good, "X-Original-Method: GET"]
            func ask(_ path: String, _ fields: [String]) throws -> Response {
                try HTTPConnection.ask(
                    resolver.ipv4,
                    (["GET \(path) HTTP/1.1", "Host: a"] + fields).map { $0 + "\r\n" }.joined() + "\r\n")
            }
            for _ in 0..<2 {
                #expect(
                    try ask("/resolve", fields).identity
                        == ["session-valid: true", "user-id: ab12", "user-roles: stock,staff"])
                // No answer of one policy serves another.
                #expect(try ask("/policy/stock/require", fields).status == 200)
                let admin = try ask("/policy/admin/require", fields)
                #expect(admin.status == 403 && admin["x-authgear-refused"] == "role")
                let token = try ask("/policy/token/require", fields)
                #expect(token.status == 401 && token["x-authgear-refused"] == "credential")
            }
            for value in ["admin", "stranger", "nameless", "a,b", String(repeating: "a", count: 4_097)] {
                let cookie = "Cookie: authentik_session=\(value)"
                #expect(try ask("/resolve", [cookie, "X-Original-Method: GET"]).identity == ["session-valid: false"])
            }
            let page = try HTTPConnection.get(resolver.admin, "/metrics").body
            for reason in ["refused_member", "inactive", "user_id_missing", "malformed_cookie"] {
                #expect(!page.contains(#"credential="cookie",reason="\#(reason)"} 0"#))
            }
            // That one cookie, and no other field of the client's.
            for request in server.requests {
                let head = request.head.lowercased()
                #expect(!head.contains("a=b") && !head.contains("csrf") && !head.contains("x-"))
            }
        }

        @Test func `through nginx a change needs authentik's CSRF header`() throws {
            let server = try AuthorizationServer(Self.answer)
            let stage = try GatewayStage.shared.get()
            let resolver = try ResolverServer(Self.configuration(server))
            let folder = try Scratch.directory()
            try Scratch.write(Self.configuration(server), to: "\(folder)/resolver.yaml")
            let printing = try ResolverServer.run(
                ["gateway", "nginx", "--config", "resolver.yaml", "--output", folder], in: folder, input: "/dev/null")
            #expect(try printing.wait() == 0, "\(printing.output)")
            let nginx = try Nginx(resolver: resolver.ipv4, backend: stage.backend.server.address) { file, text in
                ["nginx.conf", "upstream.conf"].contains(file) ? text : try Scratch.read("\(folder)/\(file)")
            }
            func ask(_ line: String, _ fields: String...) throws -> Response {
                let lines = ["\(line) HTTP/1.1", "Host: test"] + fields
                return try HTTPConnection.ask(nginx.address, lines.map { $0 + "\r\n" }.joined() + "\r\n")
            }
            let arrived = try #require(try Arrived(try ask("GET /account/", Self.good)))
            #expect(
                Response.identity(arrived.fields)
                    == ["session-valid: true", "user-id: ab12", "user-roles: stock,staff"])
            #expect(try ask("POST /account/", Self.good, "Content-Length: 0").status == 403)
            let right = "X-authentik-CSRF: \(Self.csrf)"
            #expect(try ask("POST /account/", Self.good, "Content-Length: 0", right).status == 200)
            #expect(try ask("POST /account/", Self.good, "Content-Length: 0", right + "x").status == 403)
            let foreign = "Sec-Fetch-Site: cross-site"
            #expect(try ask("POST /account/", Self.good, "Content-Length: 0", right, foreign).status == 403)
        }

        @Test func `check and inspect ask it, and name what is insecure`() throws {
            let server = try AuthorizationServer(Self.answer)
            let directory = try Scratch.directory()
            let path = "\(directory)/resolver.yaml"
            let configuration = Self.configuration(server)
                .replacing("refuse_when: [original]", with: "refuse_when: [original]\n    insecure: true")
            try Scratch.write(configuration, to: path)
            func run(_ words: String...) throws -> (status: Int32, output: String) {
                let process = try ResolverServer.run(words, in: directory)
                return (try process.wait(), process.output)
            }
            let place = "cookie authentik_session http://\(server.address)/api/v3/core/users/me/"
            let check = try run("check", "--config", path)
            #expect(check.output.contains("ok     \(place): reachable, and refuses a random value"), "\(check.output)")
            #expect(check.output.contains("hint   cookies.insecure of authentik_session: cookies are sent over http"))
            for (value, verdict) in [
                ("good", "valid"), ("admin", "invalid refused_member"), ("stranger", "invalid inactive"),
                ("a,b", "invalid malformed_cookie"),
            ] {
                let inspect = try run("inspect", "--config", path, "--cookie", "authentik_session=\(value)")
                #expect(inspect.output.hasPrefix("\(verdict)\n"), "\(inspect.output)")
                #expect(inspect.status == (verdict == "valid" ? 0 : 1))
            }
            let policy = try run(
                "inspect", "--config", path, "--policy", "stock", "--cookie", "authentik_session=good")
            #expect(policy.output.hasPrefix("valid\n") && policy.output.contains("passed   role"), "\(policy.output)")
            let other = try run("inspect", "--config", path, "--cookie", "other=good")
            #expect(
                other.output.hasPrefix("invalid no_credential\n")
                    && other.output.contains("\"authentik_session\" (cookies)"))
            server.set { _ in AuthorizationServer.json("{}") }
            let open = try run("check", "--config", path)
            #expect(open.status == 1 && open.output.contains("failed \(place): answers 200 to a random value"))
            server.set { _ in "500 Oh\r\nContent-Length: 0\r\n\r\n" }
            let unknown = try run("inspect", "--config", path, "--cookie", "authentik_session=good")
            #expect(unknown.status == 1 && unknown.output.hasPrefix("unknown ask_refused\n"), "\(unknown.output)")
            #expect(try run("check", "--config", path).status == 1)
        }
    }
}
