import Fixtures
import Foundation
import Testing

extension IntegrationTests {
    /// The recipe that has nginx ask Authgear itself while Redis does not know the user.
    @Suite struct AuthgearFallbackTests {
        let stage: GatewayStage

        init() throws { stage = try GatewayStage.shared.get() }

        @Test(arguments: ["/page", "/account/page"])
        func `Authgear is asked, and then Redis knows the user`(path: String) throws {
            let session = StoredSession(id: "fallback-\(UInt32.random(in: 0...UInt32.max))", user: "u-\(UUID())")
            try stage.redis.add(session)
            let authgear = try AuthgearServer { [redis = stage.redis] _ in
                try redis.add(StoredUser(id: session.user, roles: ["from-redis"]))
                return ["Session-Valid: true", "User-Id: \(session.user)", "User-Roles: from-authgear", "Session-Amr:"]
            }
            let nginx = try nginx(authgear)
            let cookie = "Cookie: session=\(session.cookie)"
            let first = try #require(try Arrived(HTTPConnection.get(nginx.address, path, cookie)))
            #expect(
                Response.identity(first.fields) == [
                    "session-valid: true", "user-id: \(session.user)", "user-roles: from-authgear",
                ])
            // On a slow machine ours may not answer in time, and Authgear be asked once more: that is an answer, too.
            _ = try eventually("ours to answer; its answers are those of Redis") {
                let next = try #require(try Arrived(HTTPConnection.get(nginx.address, path, cookie)))
                return Response.identity(next.fields).contains("user-roles: from-redis") ? true : nil
            }
        }

        @Test func `what Authgear refuses is refused, and an Authgear that is away is a 503`() throws {
            let authgear = try AuthgearServer { _ in ["Session-Valid: false"] }
            let nginx = try nginx(authgear)
            let cookie = "Cookie: session=\(Sessions.userMissing.cookie)"
            let spoof = "x-authgear-session-valid: true"
            let page = try #require(try Arrived(HTTPConnection.get(nginx.address, "/page", cookie, spoof)))
            #expect(Response.identity(page.fields) == ["session-valid: false"])
            let account = try HTTPConnection.get(nginx.address, "/account/page", cookie, spoof)
            #expect(account.status == 401)
            #expect(account["www-authenticate"] == "Bearer")
            #expect(authgear.requests.count == 2)
            authgear.stop()
            for path in ["/page", "/account/page"] {
                #expect(try HTTPConnection.get(nginx.address, path, cookie, spoof).status == 503)
            }
        }

        @Test func `Authgear is asked nothing that ours can answer`() throws {
            let authgear = try AuthgearServer { _ in ["Session-Valid: false"] }
            let nginx = try nginx(authgear)
            let known = try HTTPConnection.get(nginx.address, "/account/", "Cookie: session=\(Sessions.good.cookie)")
            #expect(try Arrived(known).map { Response.identity($0.fields) } == Sessions.identity)
            #expect(try HTTPConnection.get(nginx.address, "/account/").status == 401)
            #expect(authgear.requests.count == 0)
        }

        private func nginx(_ authgear: AuthgearServer) throws -> Nginx {
            let recipe = try Recipe(
                "Asking Authgear itself when Redis does not know the user",
                replacing: [
                    ("127.0.0.1:4199", "\(Address.ipv4(try FreePort.take()))"),
                    ("authgear:3001", "\(authgear.address)"),
                ])
            return try Nginx(
                resolver: stage.resolver.ipv4, backend: stage.backend.server.address, settings: recipe.block(.http)
            ) { name, text in
                switch name {
                case "upstream.conf":
                    text.replacing(
                        "upstream authgear-resolver {",
                        with: "upstream authgear-resolver { \(try recipe.block(.upstream))")
                case "locations.conf":
                    text.replacing("    internal;", with: "    internal; \(try recipe.block(.location))")
                default: text
                }
            }
        }
    }
}
