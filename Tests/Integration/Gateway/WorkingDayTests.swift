import Foundation
import Testing

extension IntegrationTests {
    /// A user's day behind nginx with the shipped files, as the backend sees it: with a browser and an app he logs in, works while
    /// his record at Authgear ends again and again, gets other roles, is disabled, comes back, and logs out.
    ///
    /// A day of eight hours has 96 records of five minutes; here they last 200 ms, and `RECORDS` says how many there are.
    @Suite struct WorkingDayTests {
        private let user = "u-\(UUID())"
        private let stage: GatewayStage
        private let project: AuthgearProject
        private let authgear: AuthgearServer
        private let resolver: ResolverServer
        private let nginx: Nginx

        init() throws {
            let stage = try GatewayStage.shared.get()
            let project = AuthgearProject(stage.redis, user: user, recordLifetime: 200)
            authgear = try AuthgearServer { try project.answer(to: $0) }
            resolver = try ResolverServer(
                """
                sessions:
                  store: redis
                  app_id: my-project
                  clear_cookie: { domain: example.com }
                  redis: { url: "\(stage.redis.url)" }
                authgear: { endpoint: "\(authgear.endpoint)", host: auth.example.com }
                """)
            nginx = try Nginx(
                resolver: resolver.ipv4, backend: stage.backend.server.address, server: ClearCookieTests.server)
            (self.stage, self.project) = (stage, project)
            try resolver.becomeReady()
        }

        @Test func `the backend sees at each hour of a day what the user is`() throws {
            // Before anything: a stranger.
            #expect(try seen() == [])
            #expect(try ask("/turned-away/").status == 401)

            var (session, grant) = try project.logIn()
            try expectUser(session, grant, roles: "stock.view", "as soon as he is there, though no record of him is")
            let morning = try project.lastAccess(of: session, grant)
            try work(session, grant, roles: "stock.view")
            try waitUntil("Authgear to write down that he is there") {
                try expectUser(session, grant, roles: "stock.view", "still")
                return try project.lastAccess(of: session, grant) != morning
            }

            try project.change(roles: ["stock.edit", "stock.view"])
            try waitUntilSeen(session, grant, line: "user-roles: stock.edit,stock.view")
            try work(session, grant, roles: "stock.edit,stock.view")

            // From here on nothing ends by itself: what happens has to be heard of.
            project.keepRecords(for: 300_000)
            try project.change(roles: ["stock.edit"])
            try waitUntilSeen(session, grant, line: "user-roles: stock.edit")
            try project.disable()
            try waitUntilRefused(session, grant)
            let (old, oldGrant) = (session, grant)
            for _ in 0..<10 { try expectRefused(old, oldGrant) }

            project.keepRecords(for: 200)
            try project.enable()
            try expectRefused(old, oldGrant)
            (session, grant) = try project.logIn()
            try expectUser(session, grant, roles: "stock.edit", "he is back")
            try work(session, grant, roles: "stock.edit")
            // His browser still has the old cookie, of another path.
            let both = "Cookie: session=\(old.cookie); session=\(session.cookie)"
            #expect(try seen(both).contains("session-valid: true"))
            #expect(try ask("/told/", both)["set-cookie"] == nil)
            try expectRefused(old, oldGrant)

            try project.logOut(session)
            try waitUntil("the session to have ended") { try isRefused(session) }
            try expectRefused(session, nil)
            #expect(try seen(Self.bearer(grant)).contains("session-valid: true"), "the app is still logged in")
        }

        /// Uses both, again and again, while records end.
        private func work(_ session: StoredSession, _ grant: StoredGrant, roles: String) throws {
            let last = project.recordsWritten + Program.rounds("RECORDS", default: 24) / 3
            _ = try eventually("the user's record to have ended often enough") {
                try expectUser(session, grant, roles: roles, "while he works")
                return project.recordsWritten >= last ? true : nil
            }
        }

        private func expectUser(
            _ session: StoredSession, _ grant: StoredGrant, roles: String, _ comment: Comment
        ) throws {
            let facts = [
                "session-valid: true", "user-anonymous: false", "user-can-reauthenticate: true", "user-id: \(user)",
                "user-roles: \(roles)", "user-verified: true",
            ]
            for field in [Self.cookie(session), Self.bearer(grant)] {
                for path in ["/told/", "/turned-away/"] {
                    let response = try ask(path, field, "x-authgear-user-roles: admin")
                    let arrived = try #require(try Arrived(response), "\(comment): \(response)")
                    let seen = Response.identity(arrived.fields).filter { !$0.hasPrefix("session-a") }
                    #expect(seen == facts, "\(comment), \(field.prefix(13))")
                    #expect(response["set-cookie"] == nil)
                }
            }
        }

        /// Each of the resolver's threads hears of a change by itself, and nginx asks all: none may be behind after the bound.
        private func waitUntil(_ what: String, _ body: () throws -> Bool) throws {
            let bound = try resolver.metric("session_revocation_lag_bound_seconds")
            let end = ContinuousClock.now + .seconds(bound)
            _ = try eventually(what) { try body() && .now > end ? true : nil }
        }

        private func waitUntilSeen(_ session: StoredSession, _ grant: StoredGrant, line: String) throws {
            try waitUntil("the backend to see \(line)") {
                try [Self.cookie(session), Self.bearer(grant)].allSatisfy { try seen($0).contains(line) }
            }
        }

        private func waitUntilRefused(_ session: StoredSession, _ grant: StoredGrant) throws {
            try waitUntil("both to have ended") {
                try isRefused(session) && seen(Self.bearer(grant)) == ["session-valid: false"]
            }
        }

        private func isRefused(_ session: StoredSession) throws -> Bool {
            try seen(Self.cookie(session)) == ["session-valid: false"]
        }

        /// The backend sees that nobody is there, or nothing; and the client is told to forget a cookie.
        private func expectRefused(_ session: StoredSession, _ grant: StoredGrant?) throws {
            #expect(try isRefused(session))
            for (path, status) in [("/told/", 200), ("/turned-away/", 401)] {
                let response = try ask(path, Self.cookie(session))
                #expect(response.status == status && response["set-cookie"] == ClearCookieTests.cleared, "\(path)")
            }
            guard let grant else { return }
            #expect(try seen(Self.bearer(grant)) == ["session-valid: false"])
            let response = try ask("/turned-away/", Self.bearer(grant))
            #expect(response.status == 401 && response["set-cookie"] == nil)
            #expect(response["www-authenticate"]?.contains("invalid_token") == true)
        }

        /// What the backend saw of who is calling.
        private func seen(_ fields: String...) throws -> [String] {
            let response = try ask("/told/", fields)
            return Response.identity(try #require(try Arrived(response), "\(response)").fields)
        }

        private func ask(_ path: String, _ fields: String...) throws -> Response { try ask(path, fields) }

        private func ask(_ path: String, _ fields: [String]) throws -> Response {
            let lines = ["GET \(path) HTTP/1.1", "Host: test"] + fields
            return try HTTPConnection.ask(nginx.address, lines.map { $0 + "\r\n" }.joined() + "\r\n")
        }

        private static func cookie(_ session: StoredSession) -> String { "Cookie: a=1; session=\(session.cookie)" }

        private static func bearer(_ grant: StoredGrant) -> String { "Authorization: Bearer \(grant.token)" }
    }
}
