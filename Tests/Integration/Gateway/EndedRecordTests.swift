import Foundation
import Testing

extension IntegrationTests {
    /// A user's record ends by itself while its user is active, over a real Redis (contract section 10, case 1).
    @Suite struct EndedRecordTests {
        let stage: GatewayStage

        init() throws { stage = try GatewayStage.shared.get() }

        @Test func `whoever is active does not wait for Authgear, however long it takes`() throws {
            let redis = stage.redis
            let session = StoredSession(id: "ends-\(UUID())", user: "u-\(UUID())")
            let key = RedisServer.key(user: session.user)
            try redis.add(session)
            try redis.command(
                "SET", key, StoredUser(id: session.user, roles: ["first"]).json, "PX", "2000")
            // Authgear answers when it is let, and writes the user's record then.
            let door = Gate(isOpen: false)
            defer { door.set(isOpen: true) }
            let authgear = try AuthgearServer { _ in
                door.pass()
                try redis.add(StoredUser(id: session.user, roles: ["second"]))
                return ["Session-Valid: true", "User-Id: \(session.user)", "User-Roles: from-authgear"]
            }
            let resolver = try ResolverServer(
                """
                sessions: { store: redis, app_id: my-project, redis: { url: "\(redis.url)" } }
                authgear: { endpoint: "\(authgear.endpoint)", host: auth.example.com, timeout: 60s, touch: none }
                """)
            _ = try eventually("answers to be kept") {
                try resolver.metric("session_revocation_lag_bound_seconds") > 0 ? true : nil
            }
            // One connection, so that one event loop remembers.
            let client = try HTTPConnection(to: resolver.ipv4)
            func roles() throws -> String? {
                try client.get("/resolve", "Cookie: session=\(session.cookie)")["x-authgear-user-roles"]
            }
            #expect(try roles() == "first")
            _ = try eventually("the record to end, and Authgear to be asked") {
                let seen = try roles()
                #expect(seen == "first")
                return authgear.requests.isEmpty ? nil : true
            }
            #expect(try redis.command("EXISTS", key) == ":0\r\n")
            for _ in 0..<10 { #expect(try roles() == "first", "while Authgear is silent") }
            door.set(isOpen: true)
            _ = try eventually("the record that Authgear wrote to answer") { try roles() == "second" ? true : nil }
            #expect(authgear.requests.count == 1)
            // What goes before its end is a purge: the next request waits.
            try redis.delete(key)
            _ = try eventually("Authgear to be asked about it") {
                let seen = try roles()
                #expect(seen == "second", "before that is told, and from the record that Authgear writes after it")
                return authgear.requests.count == 2 ? true : nil
            }
        }
    }
}
