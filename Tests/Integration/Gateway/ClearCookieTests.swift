import Testing

extension IntegrationTests {
    /// `nginx/clear_cookie.conf` (contract section 12).
    @Suite struct ClearCookieTests {
        static let server = """
            location /told/ {
                include auth_request.conf;
                include clear_cookie.conf;
                proxy_pass http://backend;
            }
            location /turned-away/ {
                include require.conf;
                include clear_cookie.conf;
                proxy_pass http://backend;
            }
            """
        static let cleared =
            "session=; Path=/; Domain=example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax"

        @Test(arguments: ["/told/", "/turned-away/"])
        func `a client whose session has ended is told to forget its cookie, and nobody else`(_ path: String) throws {
            let stage = try GatewayStage.shared.get()
            let resolver = try ResolverServer(
                """
                sessions:
                  store: redis
                  app_id: my-project
                  clear_cookie: { domain: example.com }
                  redis: { url: "\(stage.redis.url)" }
                """)
            let nginx = try Nginx(
                resolver: resolver.ipv4, backend: stage.backend.server.address, server: Self.server)
            func cookie(_ fields: String...) throws -> String? {
                let lines = ["GET \(path) HTTP/1.1", "Host: test"] + fields
                return try HTTPConnection.ask(nginx.address, lines.map { $0 + "\r\n" }.joined() + "\r\n")["set-cookie"]
            }
            #expect(try cookie("Cookie: session=\(Sessions.revoked.cookie)") == Self.cleared)
            #expect(try cookie("Cookie: session=\(Sessions.good.cookie)") == nil)
            #expect(try cookie("Cookie: session=\(Sessions.unreadable.cookie)") == nil)
            #expect(try cookie("Authorization: Bearer \(Grants.revoked.token)") == nil)
            #expect(try cookie() == nil)
        }
    }
}
