import Foundation
import Testing

extension IntegrationTests {
    /// Forged requests and the log-in, through nginx with the files that the program prints.
    @Suite struct BrowserTests {
        private static let server = """
            location /pages/ {
                include require.conf;
                include login.conf;
                proxy_pass http://backend;
            }
            """

        private let nginx: Nginx
        private let resolver: ResolverServer

        init() throws {
            let stage = try GatewayStage.shared.get()
            let configuration = """
                sessions: { store: redis, app_id: my-project, redis: { url: "\(stage.redis.url)" } }
                original: nginx
                csrf: { origins: ["https://app.test"] }
                login: { url: "https://id.test/authorize?client_id=web", return: state }
                """
            resolver = try ResolverServer(configuration)
            let folder = try Scratch.directory()
            try Scratch.write(configuration, to: "\(folder)/resolver.yaml")
            let printing = try ResolverServer.run(
                ["gateway", "nginx", "--config", "resolver.yaml", "--output", folder], in: folder, input: "/dev/null")
            #expect(try printing.wait() == 0, "\(printing.output)")
            nginx = try Nginx(
                resolver: resolver.ipv4, backend: stage.backend.server.address, server: Self.server
            ) { file, text in
                ["nginx.conf", "upstream.conf"].contains(file) ? text : try Scratch.read("\(folder)/\(file)")
            }
        }

        private func ask(_ line: String, _ fields: String...) throws -> Response {
            let lines = ["\(line) HTTP/1.1", "Host: test"] + fields
            return try HTTPConnection.ask(nginx.address, lines.map { $0 + "\r\n" }.joined() + "\r\n")
        }

        @Test func `a cookie counts in a request that no other site can have sent`() throws {
            let cookie = "Cookie: session=\(Sessions.good.cookie)"
            #expect(try ask("GET /account/", cookie).status == 200)
            #expect(try ask("POST /account/", cookie, "Content-Length: 0").status == 403)
            #expect(try ask("POST /account/", cookie, "Content-Length: 0", "Origin: https://evil.test").status == 403)
            // What a client says of its own method does not get through.
            let spoofed = try ask("POST /account/", cookie, "Content-Length: 0", "X-Original-Method: GET")
            #expect(spoofed.status == 403)
            #expect(try ask("POST /account/", cookie, "Content-Length: 0", "Origin: https://app.test").status == 200)
            #expect(try ask("POST /account/", cookie, "Content-Length: 0", "Sec-Fetch-Site: same-origin").status == 200)
            let told = try #require(try Arrived(try ask("POST /", cookie, "Content-Length: 0")))
            #expect(Response.identity(told.fields) == ["refused: csrf"])
        }

        @Test func `a browser is sent to the log-in with its way back, a program is not`() throws {
            let page = try ask("GET /pages/a%20b?c=d&e", "Accept: text/html")
            #expect(page.status == 302)
            #expect(
                page["location"] == "https://id.test/authorize?client_id=web&state=%2Fpages%2Fa%2520b%3Fc%3Dd%26e")
            let program = try ask("GET /pages/", "Accept: application/json")
            #expect(program.status == 401 && program["www-authenticate"] == "Bearer" && program["location"] == nil)
            #expect(try ask("GET /account/", "Accept: text/html").status == 401)
        }
    }
}
