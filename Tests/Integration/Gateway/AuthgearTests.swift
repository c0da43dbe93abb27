import Foundation
import Testing

extension IntegrationTests {
    /// Authgear is asked where Redis can't tell, or where there is no Redis (contract section 10).
    @Suite struct AuthgearTests {
        let stage: GatewayStage

        init() throws { stage = try GatewayStage.shared.get() }

        /// - Parameter sessions: what stands in the section beside the store.
        private func resolver(_ authgear: AuthgearServer, _ sessions: String) throws -> ResolverServer {
            try ResolverServer(
                """
                sessions: { \(sessions) }
                authgear: { endpoint: "\(authgear.endpoint)", host: auth.example.com, max_age: 1s }
                """)
        }

        private var redis: String { #"store: redis, app_id: my-project, redis: { url: "\#(stage.redis.url)" }"# }

        @Test func `a user who is missing is asked about through nginx, with the client's own address and agent`()
            throws
        {
            let session = StoredSession(id: "asked-\(UUID())", user: "u-\(UUID())")
            try stage.redis.add(session)
            let authgear = try AuthgearServer { [redis = stage.redis] _ in
                try redis.add(StoredUser(id: session.user, roles: ["from-redis"]))
                return ["Session-Valid: true", "User-Id: \(session.user)", "User-Roles: from-authgear", "Session-Amr:"]
            }
            let resolver = try resolver(authgear, redis)
            let nginx = try Nginx(resolver: resolver.ipv4, backend: stage.backend.server.address)
            let fields = [
                "Cookie: a=1; session=\(session.cookie)", "User-Agent: Mozilla/5.0 (X11)",
                "X-Forwarded-For: 198.51.100.66",
            ]
            let lines = (["GET /page HTTP/1.1", "Host: test"] + fields).map { $0 + "\r\n" }.joined()
            for _ in 0..<2 {
                let response = try HTTPConnection.ask(nginx.address, lines + "\r\n")
                let arrived = try #require(try Arrived(response), "\(response)")
                #expect(Response.identity(arrived.fields).contains("user-roles: from-redis"))
            }
            let asked = try #require(authgear.requests.first)
            #expect(authgear.requests.count == 1)
            let sent = Set(asked.lowercased().components(separatedBy: "\r\n"))
            for line in [
                "host: auth.example.com", "x-forwarded-host: auth.example.com", "x-forwarded-proto: https",
                "cookie: session=\(session.cookie)".lowercased(), "user-agent: mozilla/5.0 (x11)",
            ] {
                #expect(sent.contains(line), "\(line) in \(asked)")
            }
            #expect(!asked.contains("198.51.100.66"), "what a client says of its address is not believed")
        }

        @Test func `a session that was not used for two hours is touched, and nobody waits for it`() throws {
            let session = StoredSession(
                id: "touched-\(UUID())", user: "u-good", lastAccess: Date.now.addingTimeInterval(-7_200))
            try stage.redis.add(session)
            let authgear = try AuthgearServer { _ in ["Session-Valid: true", "User-Id: u-good"] }
            let resolver = try resolver(authgear, redis)
            let answer = try HTTPConnection.get(resolver.ipv4, "/resolve", "Cookie: session=\(session.cookie)")
            #expect(answer.identity == Sessions.identity)
            _ = try eventually("Authgear to be asked") { authgear.requests.count == 1 ? true : nil }
            #expect(authgear.requests[0].contains("session=\(session.cookie)"))
            #expect(try resolver.metric(#"authgear_questions_total{purpose="touch",result="valid"}"#) >= 0)
        }

        @Test func `without Redis each credential is a question, kept for a while`() throws {
            let authgear = try AuthgearServer { head in
                head.contains("good") ? ["Session-Valid: true", "User-Id: u1", "User-Roles: a,b"] : []
            }
            let resolver = try resolver(authgear, "store: authgear")
            for field in ["Cookie: session=good.x", "Authorization: Bearer good", "Cookie: app_session=good"] {
                let before = authgear.requests.count
                for _ in 0..<3 {
                    let answer = try HTTPConnection.get(resolver.ipv4, "/resolve", field)
                    #expect(answer.identity == ["session-valid: true", "user-id: u1", "user-roles: a,b"])
                }
                #expect(authgear.requests.count - before <= 2, "on a slow machine a second may pass")
            }
            let bad = try HTTPConnection.get(resolver.ipv4, "/require", "Authorization: Bearer bad")
            #expect(bad.status == 401 && bad.identity == ["session-valid: false"])
            #expect(try HTTPConnection.get(resolver.ipv4, "/resolve").identity == [])
            #expect(try HTTPConnection.get(resolver.admin, "/readyz").status == 200)
            authgear.stop()
            _ = try eventually("Authgear to be away") {
                let answer = try HTTPConnection.get(resolver.ipv4, "/resolve", "Authorization: Bearer good\(UUID())")
                return answer.status == 503 ? answer["x-authgear-resolver-error"]?.hasPrefix("authgear_") : nil
            }
            _ = try eventually("that to be said") {
                let page = try HTTPConnection.get(resolver.admin, "/readyz")
                return page.status == 503 && page.body.contains("Authgear at http://") ? true : nil
            }
        }

        @Test func `answers are compared with Authgear's own, which changes none and is told by header`() throws {
            let authgear = try AuthgearServer { head in
                guard head.contains("session=\(Sessions.good.cookie)"), head.contains("Bearer unknown") else {
                    return []
                }
                return ["Session-Valid: true", "User-Id: \(Sessions.good.user)", "User-Roles: another"]
            }
            let resolver = try ResolverServer(
                """
                sessions: { \(redis) }
                authgear: { endpoint: "\(authgear.endpoint)", host: auth.example.com, touch: none }
                shadow: { sample: 100% }
                """)
            let answer = try HTTPConnection.get(
                resolver.ipv4, "/resolve", "Cookie: session=\(Sessions.good.cookie)", "Authorization: Bearer unknown")
            #expect(answer.identity == Sessions.identity)
            _ = try eventually("them to be compared") {
                try resolver.metric("shadow_requests_total", #"result="different""#) == 1 ? true : nil
            }
            let differences = "shadow_differences_total"
            #expect(try resolver.metric(differences, #"header="x-authgear-user-roles""#) == 1)
            #expect(try resolver.metric(differences, #"header="x-authgear-session-valid""#) == 0)
            #expect(try resolver.metric("authgear_questions_total", #"purpose="shadow""#, #"result="valid""#) == 1)
            let line = try eventually("the log to tell it") {
                resolver.process.output.split(separator: "\n").first { $0.contains("shadow: Authgear answers") }
            }
            #expect(line.contains("x-authgear-user-roles (1)") && !line.contains("another"))
        }

        @Test func `another host's Authgear is not believed`() throws {
            let authgear = try AuthgearServer { _ in ["Session-Valid: true", "User-Id: u1"] }
            let resolver = try ResolverServer(
                """
                sessions: { store: authgear }
                authgear: { endpoint: "\(authgear.endpoint)", host: another.example.com }
                """)
            let answer = try HTTPConnection.get(resolver.ipv4, "/resolve", "Cookie: session=a.b")
            #expect(answer.status == 503)
            #expect(answer["x-authgear-resolver-error"] == "authgear_refused")
        }
    }
}
