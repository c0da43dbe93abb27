import Fixtures
import Testing

extension IntegrationTests {
    /// The recipes of `nginx/README.md` do what they say.
    @Suite struct RecipeTests {
        let stage: GatewayStage
        let session = "Cookie: session=\(Sessions.good.cookie)"

        init() throws { stage = try GatewayStage.shared.get() }

        @Test func `a login page takes the place of a 401, for those who ask for a page`() throws {
            let recipe = try Recipe("A login page in place of the 401")
            let nginx = try nginx(server: recipe.block(.server))
            let page = try HTTPConnection.get(nginx.address, "/profile/x?a=1&b=2", "Accept: text/html,*/*;q=0.8")
            #expect(page.status == 302)
            #expect(page["location"] == "https://login.example.com/?return_to=http://test/profile/x?a=1&b=2")
            let program = try HTTPConnection.get(nginx.address, "/profile/x", "Accept: application/json")
            #expect(program.status == 401)
            #expect(program["www-authenticate"] == "Bearer")
            let known = try HTTPConnection.get(nginx.address, "/profile/x", "Accept: text/html", session)
            #expect(try Arrived(known).map { Response.identity($0.fields) } == Sessions.identity)
            let unknown = "Cookie: session=\(Sessions.userMissing.cookie)"
            #expect(try HTTPConnection.get(nginx.address, "/profile/x", "Accept: text/html", unknown).status == 503)
        }

        @Test func `a preflight is answered without asking anybody, and a page can read a 401`() throws {
            let recipe = try Recipe("Preflights")
            let nginx = try nginx(recipe.block(.http), server: recipe.block(.server))
            let ours = "Origin: https://app.example.com"
            let preflight = "Access-Control-Request-Method: PUT"
            let allowed = try ask(nginx, "OPTIONS /api/x", [ours, preflight])
            #expect(allowed.status == 204)
            #expect(allowed["access-control-allow-origin"] == "https://app.example.com")
            #expect(allowed["access-control-allow-methods"]?.contains("PUT") == true)
            #expect(allowed["access-control-allow-headers"] == "Authorization, Content-Type")
            let foreign = try ask(nginx, "OPTIONS /api/x", ["Origin: https://evil.example", preflight])
            #expect(foreign["access-control-allow-origin"] == nil)
            let stranger = try HTTPConnection.get(nginx.address, "/api/x", ours)
            #expect(stranger.status == 401)
            #expect(stranger["access-control-allow-origin"] == "https://app.example.com")
            let known = try HTTPConnection.get(nginx.address, "/api/x", ours, session)
            #expect(try Arrived(known).map { Response.identity($0.fields) } == Sessions.identity)
            #expect(known["access-control-allow-origin"] == "https://app.example.com")
        }

        @Test func `the access log names the user`() throws {
            let log = try "\(Scratch.directory())/access.log"
            let recipe = try Recipe("The user in the access log", replacing: [("/var/log/nginx/access.log", log)])
            let nginx = try nginx(recipe.block(.http), server: recipe.block(.server))
            let spoof = "x-authgear-user-id: root"
            #expect(try HTTPConnection.get(nginx.address, "/known", session, spoof).status == 200)
            #expect(try HTTPConnection.get(nginx.address, "/stranger", spoof).status == 200)
            #expect(try HTTPConnection.get(nginx.address, "/account/turned-away", spoof).status == 401)
            #expect(try HTTPConnection.get(nginx.address, "/public/unasked", spoof).status == 200)
            // A line is written when its answer has left.
            let lines = try eventually("four lines in \(log)") {
                let lines = try Scratch.read(log).split(separator: "\n")
                return lines.count == 4 ? lines : nil
            }
            // Each worker writes its own lines, so they may come in another order.
            let users = Dictionary(
                uniqueKeysWithValues: lines.map { $0.split(separator: " ") }.map { (String($0[5]), String($0[1])) })
            #expect(
                users == [
                    "/known": #""u-good""#, "/stranger": #""""#, "/account/turned-away": #""""#,
                    "/public/unasked": #""-""#,
                ])
        }

        @Test(arguments: [
            (#"["stock.view","stock.edit"]"#, 200), (#"["stock.edit"]"#, 200), (#"["stock.view"]"#, 403),
            (#"["restock.edit","stock.edits"]"#, 403), (#"["stockxedit"]"#, 403), ("[]", 403),
        ])
        func `only who has the role comes in`(roles: String, status: Int) throws {
            let forbidden = "127.0.0.1:\(try FreePort.take())"
            let recipe = try Recipe("Roles", replacing: [("127.0.0.1:8403", forbidden)])
            let nginx = try nginx(recipe.block(.http), server: recipe.block(.server))
            let token = try Mint.token(["https://authgear.com/claims/user/roles": roles])
            let spoof = "x-authgear-user-roles: stock.edit"
            let known = try HTTPConnection.get(nginx.address, "/stock/x", "Authorization: Bearer \(token)", spoof)
            #expect(known.status == status)
            #expect(try (Arrived(known) != nil) == (status == 200))
            #expect(try HTTPConnection.get(nginx.address, "/stock/x", spoof).status == 401)
        }

        /// As `docs/migration.md` has it, beside the location that asks Authgear still.
        @Test func `a copy of each request is asked about while Authgear is asked`() throws {
            let page = try Scratch.read("\(Program.repository)/docs/migration.md")
            let mirror = try #require(
                page.split(separator: "```nginx\n").dropFirst().first?.split(separator: "```").first)
            let resolver = try MoodyResolver()
            let nginx = try Nginx(resolver: resolver.address, backend: stage.backend.server.address) { file, text in
                file != "nginx.conf"
                    ? text
                    : """
                    pid nginx.pid;
                    error_log stderr;
                    events {}
                    http {
                        server_tokens off;
                        access_log off;
                        include upstream.conf;
                        upstream backend { server 127.0.0.1:8000 max_fails=0; }
                        server {
                            listen 127.0.0.1:8080;
                            listen 127.0.0.1:8081 http2;
                            include locations.conf;
                            location = /_authgear { return 204; }
                            location / {
                                auth_request /_authgear;
                                \(mirror)
                                proxy_pass http://backend;
                            }
                        }
                    }
                    """
            }
            #expect(try HTTPConnection.get(nginx.address, "/a", session).status == 200)
            _ = try eventually("the copy to come") { resolver.questions.isEmpty ? nil : true }
            #expect(resolver.questions[0].hasPrefix("GET /resolve ") && resolver.questions[0].contains(session))
        }

        private func nginx(_ settings: String = "", server: String) throws -> Nginx {
            try Nginx(
                resolver: stage.resolver.ipv4, backend: stage.backend.server.address, settings: settings, server: server
            )
        }

        private func ask(_ nginx: Nginx, _ target: String, _ fields: [String]) throws -> Response {
            let lines = (["\(target) HTTP/1.1", "Host: test"] + fields).map { $0 + "\r\n" }.joined()
            return try HTTPConnection.ask(nginx.address, lines + "\r\n")
        }
    }
}
