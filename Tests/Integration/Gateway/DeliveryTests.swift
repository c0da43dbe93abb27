import Testing

extension IntegrationTests {
    /// What some gateways need of the answers (contract sections 25 and 26), over the wire.
    @Suite struct DeliveryTests {
        private static let names = [
            "session-valid", "user-id", "user-anonymous", "user-verified", "user-can-reauthenticate", "user-roles",
            "session-amr", "session-authenticated-at", "allowed", "refused", "assertion",
        ].map { "x-authgear-\($0)" }

        private static func resolver(_ more: String) throws -> ResolverServer {
            let stage = try GatewayStage.shared.get()
            let resolver = try ResolverServer(
                """
                issuers:
                  - { issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_uri: "\(stage.issuer.keysURL)" }
                sessions: { store: redis, app_id: my-project, redis: { url: "\(stage.redis.url)" } }
                policies: { all: {}, none: { scopes: [nobody] } }
                \(more)

                """)
            try resolver.becomeReady()
            return resolver
        }

        private static func ours(_ response: Response) -> [String: [String]] {
            Dictionary(grouping: response.fields.filter { $0.name.hasPrefix("x-authgear-") }, by: \.name)
                .mapValues { $0.map(\.value) }
        }

        @Test func `with absent empty every 200 has each name once, and no other answer does`() throws {
            let resolver = try Self.resolver("headers: { absent: empty, error: omit }")
            let token = "Authorization: Bearer \(try Mint.token())"
            let session = "Cookie: session=\(Sessions.plain.cookie)"
            for path in ["/resolve", "/require", "/policy/all/require", "/policy/all/resolve", "/policy/none/resolve"] {
                for field in ["Accept: */*", token, session, "Cookie: session=a.b"] {
                    for _ in 0..<2 {
                        let response = try HTTPConnection.get(resolver.ipv4, path, field)
                        let ours = Self.ours(response)
                        guard response.status == 200 else {
                            #expect(response.status == 401 && !ours.keys.contains("x-authgear-user-id"))
                            continue
                        }
                        #expect(Set(ours.keys) == Set(Self.names), "\(path) \(field.prefix(20))")
                        #expect(ours.values.allSatisfy { $0.count == 1 })
                        let isKnown = field == token || field == session
                        #expect(ours["x-authgear-user-id"] != [""] || !isKnown)
                        #expect(
                            ours["x-authgear-session-valid"] == [isKnown ? "true" : field.hasPrefix("A") ? "" : "false"]
                        )
                    }
                }
            }
            let unknown = try HTTPConnection.get(
                resolver.ipv4, "/resolve", "Cookie: session=\(Sessions.userMissing.cookie)")
            #expect(unknown.status == 503 && Self.ours(unknown).isEmpty && unknown["retry-after"] == "1")
        }

        @Test func `with removal envoy a 200 says what Envoy takes away, whether it was asked about or remembered`()
            throws
        {
            let resolver = try Self.resolver("headers: { removal: envoy }")
            let spoofs = ["X_Authgear_User_Id: a", "x-authgear-user-role: b", "X-Authgear-User-Id: c"]
            for field in ["Authorization: Bearer \(try Mint.token())", "Cookie: session=\(Sessions.good.cookie)"] {
                for _ in 0..<3 {
                    let response = try HTTPConnection.get(
                        resolver.ipv4, "/require", field, spoofs[0], spoofs[1], spoofs[2])
                    let removed =
                        response["x-envoy-auth-headers-to-remove"]?.split(separator: ",").map(String.init) ?? []
                    #expect(
                        Set(removed) == [
                            "x-authgear-allowed", "x-authgear-refused", "x-authgear-assertion", "x_authgear_user_id",
                            "x-authgear-user-role",
                        ])
                    #expect(Set(removed).count == removed.count)
                    #expect(response["x-authgear-user-id"] != nil)
                }
            }
            let stranger = try HTTPConnection.get(resolver.ipv4, "/resolve")
            #expect(stranger["x-envoy-auth-headers-to-remove"] == Self.names.joined(separator: ","))
            #expect(try HTTPConnection.get(resolver.ipv4, "/require")["x-envoy-auth-headers-to-remove"] == nil)
        }

        @Test(arguments: ["nginx", "traefik", "envoy"])
        func `a preflight passes where the gateway hands its method on`(original: String) throws {
            let resolver = try Self.resolver("original: \(original)\npreflight: allow")
            let prefix = ["nginx": "X-Original-", "traefik": "X-Forwarded-"][original]
            func ask(_ method: String, _ path: String, _ fields: String...) throws -> Int {
                let own = prefix.map { ["\($0)Method: \(method)", "\($0)URI: /a"] } ?? []
                let line = original == "envoy" ? "\(method) \(path)/a HTTP/1.1" : "GET \(path) HTTP/1.1"
                let lines = [line, "Host: test"] + own + fields
                return try HTTPConnection.ask(resolver.ipv4, lines.map { $0 + "\r\n" }.joined() + "\r\n").status
            }
            let (origin, method) = ("Origin: https://app.example", "Access-Control-Request-Method: PUT")
            for path in ["/require", "/policy/all/require", "/policy/none/require"] {
                #expect(try ask("OPTIONS", path, origin, method) == 200)
                #expect(try ask("OPTIONS", path, origin) == 401)
                #expect(try ask("OPTIONS", path, method) == 401)
                #expect(try ask("GET", path, origin, method) == 401)
                #expect(try ask("OPTIONS", path, origin, method, "Authorization: Bearer a.b.c") == 401)
            }
        }
    }
}
