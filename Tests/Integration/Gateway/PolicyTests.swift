import Foundation
import Testing

extension IntegrationTests {
    /// Access policies and further headers, through nginx with the files that the program prints for the configuration.
    @Suite struct PolicyTests {
        private static let server = """
            location /orders/ {
                auth_request /_authgear/policy/orders/require;
                include policy.conf;
                proxy_pass http://backend;
            }
            location /told/ {
                auth_request /_authgear/policy/orders/resolve;
                include policy.conf;
                proxy_pass http://backend;
            }
            location /fresh/ {
                auth_request /_authgear/policy/fresh/require;
                include policy.conf;
                proxy_pass http://backend;
            }
            location /unknown/ {
                auth_request /_authgear/policy/order/require;
                include policy.conf;
                proxy_pass http://backend;
            }
            """

        /// The resolver and nginx, as an operator makes them from one configuration.
        private struct Scene {
            let resolver: ResolverServer
            let nginx: Nginx
            let backend: Backend

            init() throws {
                let stage = try GatewayStage.shared.get()
                let configuration = """
                    issuers:
                      - issuer: "\(Mint.issuer)"
                        audiences: ["\(Mint.audience)"]
                        jwks_uri: "\(stage.issuer.keysURL)"
                        headers: { x-user-name: name, x-tenant: [org, tenant] }
                    sessions:
                      store: redis
                      app_id: my-project
                      scopes: [shop]
                      redis: { url: "\(stage.redis.url)" }
                    policies:
                      orders: { scopes: ["stock:read"], roles: [stock.view] }
                      fresh: { max_age: 5m }
                    """
                resolver = try ResolverServer(configuration)
                let folder = try Scratch.directory()
                try Scratch.write(configuration, to: "\(folder)/resolver.yaml")
                let printing = try ResolverServer.run(
                    ["gateway", "nginx", "--config", "resolver.yaml", "--output", folder], in: folder,
                    input: "/dev/null")
                #expect(try printing.wait() == 0, "\(printing.output)")
                backend = stage.backend
                nginx = try Nginx(
                    resolver: resolver.ipv4, backend: backend.server.address, server: PolicyTests.server
                ) { file, text in
                    // The addresses are the test's.
                    ["nginx.conf", "upstream.conf"].contains(file) ? text : try Scratch.read("\(folder)/\(file)")
                }
            }

            func ask(_ path: String, _ fields: String...) throws -> Response {
                let lines = ["GET \(path) HTTP/1.1", "Host: test"] + fields
                return try HTTPConnection.ask(nginx.address, lines.map { $0 + "\r\n" }.joined() + "\r\n")
            }
        }

        private static func bearer(_ changes: [String: String?] = [:]) throws -> String {
            "Authorization: Bearer \(try Mint.token(["scope": #""stock:read""#].merging(changes) { $1 }))"
        }

        @Test func `a client gets what its policy says, and the backend the headers of its issuer`() throws {
            let scene = try Scene()
            let allowed = try scene.ask(
                "/orders/", try Self.bearer(["name": #""J\u00fcrgen""#, "org": #"{"tenant":"acme"}"#]),
                "x-tenant: spoofed", "X-User-Name: spoofed", "x-authgear-refused: spoofed")
            let arrived = try #require(try Arrived(allowed))
            let fields = Dictionary(
                grouping: arrived.fields.filter { $0.name.lowercased().hasPrefix("x-") },
                by: { $0.name.lowercased() }
            ).mapValues { $0.map(\.value) }
            #expect(fields["x-user-name"] == ["J%C3%BCrgen"] && fields["x-tenant"] == ["acme"])
            #expect(fields["x-authgear-user-id"] == ["u-jwt"] && fields["x-authgear-refused"] == nil)
            // Without the claims the client's own word does not arrive.
            let plain = try #require(
                try Arrived(try scene.ask("/orders/", try Self.bearer(), "x-tenant: spoofed", "x-user-name: spoofed")))
            #expect(!plain.fields.contains { ["x-tenant", "x-user-name"].contains($0.name.lowercased()) })
        }

        @Test func `a 403 and a 401 have their challenge, and strangers their own`() throws {
            let scene = try Scene()
            let scope = try scene.ask("/orders/", try Self.bearer(["scope": #""stock:write""#]))
            #expect(scope.status == 403)
            #expect(scope["www-authenticate"] == #"Bearer error="insufficient_scope", scope="stock:read""#)
            let role = try scene.ask("/orders/", try Self.bearer(["https://authgear.com/claims/user/roles": "[]"]))
            #expect(role.status == 403)
            #expect(role["www-authenticate"] == #"Bearer error="insufficient_scope""#)
            let session = try scene.ask("/orders/", "Cookie: session=\(Sessions.good.cookie)")
            #expect(session.status == 403 && session["www-authenticate"] == nil)
            let age = try scene.ask("/fresh/", try Self.bearer())
            #expect(age.status == 401)
            #expect(
                age["www-authenticate"] == #"Bearer error="insufficient_user_authentication", max_age="300""#)
            let stranger = try scene.ask("/orders/")
            #expect(stranger.status == 401 && stranger["www-authenticate"] == "Bearer")
            let expired = try scene.ask("/orders/", try Self.bearer(["exp": Mint.time(-99)]))
            #expect(expired.status == 401 && expired["www-authenticate"] == #"Bearer error="invalid_token""#)
            #expect(try scene.ask("/unknown/", try Self.bearer()).status == 500, "nobody comes in")
            #expect(try scene.ask("/_authgear/policy/orders/require", try Self.bearer()).status == 404)
        }

        @Test func `on resolve the backend is told, whatever the client says`() throws {
            let scene = try Scene()
            func told(_ fields: String...) throws -> [String] {
                let lines = ["GET /told/ HTTP/1.1", "Host: test", "x-authgear-allowed: true"] + fields
                let response = try HTTPConnection.ask(
                    scene.nginx.address, lines.map { $0 + "\r\n" }.joined() + "\r\n")
                return try #require(try Arrived(response)).fields
                    .filter { ["x-authgear-allowed", "x-authgear-refused"].contains($0.name.lowercased()) }
                    .map { "\($0.name): \($0.value)" }
            }
            #expect(try told(Self.bearer()) == ["x-authgear-allowed: true"])
            #expect(
                try told(Self.bearer(["scope": #""none""#])) == [
                    "x-authgear-allowed: false", "x-authgear-refused: scope",
                ])
            #expect(try told() == [])
        }
    }
}
