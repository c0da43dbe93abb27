import Testing

extension IntegrationTests {
    /// Settings that change answers (contract section 7).
    @Suite struct SettingTests {
        let redis: RedisServer
        let session = StoredSession(id: "s1", user: "u1")
        let lonely = StoredSession(id: "s2", user: "u2")

        init() throws {
            redis = try RedisServer()
            for session in [session, lonely] { try redis.add(session) }
            try redis.add(StoredUser(id: session.user))
        }

        @Test func `a prefix belongs to the cookie's name`() throws {
            let resolver = try resolver("cookie_prefix: my_")
            #expect(try status(resolver, "my_session=\(session.cookie)") == 200)
            #expect(try status(resolver, "session=a.b; my_session=\(session.cookie)") == 200)
            #expect(try ask(resolver, "/resolve", "session=\(session.cookie)").identity == [])
            #expect(try ask(resolver, "/resolve", "xmy_session=\(session.cookie)").identity == [])
        }

        @Test func `another project's sessions are not ours`() throws {
            let resolver = try resolver("app_id: other")
            #expect(try ask(resolver, "/resolve", "session=\(session.cookie)").identity == ["session-valid: false"])
        }

        @Test func `what is not known of a user may be left out`() throws {
            let resolver = try resolver("missing_user: partial")
            let response = try ask(resolver, "/require", "session=\(lonely.cookie)")
            #expect(response.status == 200)
            #expect(
                response.identity == [
                    "session-amr: pwd,mfa", "session-authenticated-at: 1700000000", "session-valid: true",
                    "user-id: u2",
                ])
        }

        @Test func `the idle timeout can be another, and none`() throws {
            let idle = StoredSession(
                id: "idle", user: "u1", createdAt: Sessions.daysAgo(90), lastAccess: Sessions.daysAgo(60))
            try redis.add(idle)
            for (setting, expected) in [("30d", 401), ("59d", 401), ("61d", 200), ("none", 200)] {
                let resolver = try resolver("idle_timeout: \(setting)")
                #expect(try status(resolver, "session=\(idle.cookie)") == expected, "\(setting)")
            }
        }

        @Test func `the lifetime can be another`() throws {
            let resolver = try resolver("lifetime: 11h")
            #expect(try status(resolver, "session=\(session.cookie)") == 401)
        }

        @Test func `methods can be joined as Authgear's code does`() throws {
            let resolver = try resolver("lifetime: 364d", rest: #"headers: { amr_separator: " " }"#)
            let identity = try ask(resolver, "/resolve", "session=\(session.cookie)").identity
            #expect(identity.contains("session-amr: pwd mfa"))
            #expect(identity.contains("user-roles: stock.view,stock.edit"))
        }

        @Test func `without a store a session cookie is no credential`() throws {
            #expect(try ask(ListenerStage.shared.get(), "/resolve", "session=\(session.cookie)").identity == [])
        }

        private func resolver(_ setting: String, rest: String = "") throws -> ResolverServer {
            let appID = setting.hasPrefix("app_id") ? "" : "app_id: my-project, "
            let resolver = try ResolverServer(
                "sessions: { store: redis, \(appID)\(setting), redis: { url: \"\(redis.url)\" } }\n" + rest)
            try resolver.becomeReady()
            return resolver
        }

        private func ask(_ resolver: ResolverServer, _ path: String, _ cookies: String) throws -> Response {
            try HTTPConnection.get(resolver.ipv4, path, "Cookie: " + cookies)
        }

        private func status(_ resolver: ResolverServer, _ cookies: String) throws -> Int {
            try ask(resolver, "/require", cookies).status
        }
    }
}
