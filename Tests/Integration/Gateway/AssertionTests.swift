import Foundation
import Testing

extension IntegrationTests {
    /// Assertions (contract section 20), through nginx with the files that the program prints, checked by OpenSSL and by another
    /// resolver that fetches `/jwks.json`.
    @Suite struct AssertionTests {
        private static let server = """
            location /told/ {
                include auth_request.conf;
                proxy_pass http://backend;
            }
            location /orders/ {
                auth_request /_authgear/policy/orders/resolve;
                include policy.conf;
                proxy_pass http://backend;
            }
            location /free/ {
                include clear.conf;
                proxy_pass http://backend;
            }
            """

        /// The resolver and nginx, as an operator makes them from one configuration, with keys that OpenSSL made.
        private struct Scene {
            let folder: String
            let resolver: ResolverServer
            let nginx: Nginx

            init(lifetime: String = "5m", header: String = "x-authgear-assertion") throws {
                let stage = try GatewayStage.shared.get()
                folder = try Scratch.directory()
                try AssertionTests.makeKey("ed25519", at: "\(folder)/first.pem")
                try AssertionTests.makeKey("EC -pkeyopt ec_paramgen_curve:P-256", at: "\(folder)/second.pem")
                let configuration = try Self.configuration(
                    in: folder, key: "first", next: "second", lifetime: lifetime, header: header)
                resolver = try ResolverServer(configuration, control: true)
                try resolver.becomeReady()
                try Scratch.write(configuration, to: "\(folder)/resolver.yaml")
                let printing = try ResolverServer.run(
                    ["gateway", "nginx", "--config", "resolver.yaml", "--output", folder], in: folder)
                #expect(try printing.wait() == 0, "\(printing.output)")
                nginx = try Nginx(
                    resolver: resolver.ipv4, backend: stage.backend.server.address, server: AssertionTests.server
                ) { [folder] file, text in
                    // The addresses are the test's.
                    ["nginx.conf", "upstream.conf"].contains(file) ? text : try Scratch.read("\(folder)/\(file)")
                }
            }

            static func configuration(
                in folder: String, key: String, next: String, lifetime: String = "5m",
                header: String = "x-authgear-assertion"
            ) throws -> String {
                let stage = try GatewayStage.shared.get()
                return """
                    issuers:
                      - { issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_uri: "\(stage.issuer.keysURL)" }
                    sessions: { store: redis, app_id: my-project, redis: { url: "\(stage.redis.url)" } }
                    policies: { orders: { scopes: ["stock:read"] } }
                    assertion:
                      header: \(header)
                      key_file: \(folder)/\(key).pem
                      next_key_file: \(folder)/\(next).pem
                      issuer: https://gw.example
                      audiences: [stock]
                      lifetime: \(lifetime)

                    """
            }

            /// What arrived at the backend under a name.
            func arrived(_ path: String, _ fields: String..., named name: String = "x-authgear-assertion") throws
                -> [String]
            {
                let lines = ["GET \(path) HTTP/1.1", "Host: test"] + fields
                let answer = try HTTPConnection.ask(nginx.address, lines.map { $0 + "\r\n" }.joined() + "\r\n")
                return try #require(try Arrived(answer)).fields.filter { $0.name.lowercased() == name }.map(\.value)
            }
        }

        private static func openssl(_ arguments: String, in folder: String) throws -> String {
            let process = try ChildProcess("/bin/sh", ["-c", "exec openssl \(arguments)"], in: folder)
            let status = try process.wait()
            return "\(status) \(process.output)"
        }

        private static func makeKey(_ algorithm: String, at path: String) throws {
            let said = try openssl("genpkey -algorithm \(algorithm) -out \(path)", in: Scratch.directory())
            try #require(said.hasPrefix("0 "), "\(said)")
        }

        private static func decode(_ part: Substring) -> Data? {
            let text = String(part).replacing("-", with: "+").replacing("_", with: "/")
            return Data(base64Encoded: text + String(repeating: "=", count: (4 - text.count % 4) % 4))
        }

        private static func claims(of token: String) throws -> [String: Any] {
            let parts = token.split(separator: ".")
            let payload = try #require(parts.count == 3 ? decode(parts[1]) : nil)
            return try #require(try JSONSerialization.jsonObject(with: payload) as? [String: Any])
        }

        private static func bearer() throws -> String {
            "Authorization: Bearer \(try Mint.token(["scope": #""stock:read""#]))"
        }

        @Test func `the backend gets an assertion that OpenSSL verifies, and no client's own`() throws {
            let scene = try Scene()
            let spoofed = "X-Authgear-Assertion: spoofed"
            // One token: another, made in the next second, would have another answer.
            let bearer = try Self.bearer()
            let tokens = try scene.arrived("/told/", bearer, spoofed)
            let token = try #require(tokens.count == 1 ? tokens[0] : nil)
            let parts = token.split(separator: ".")
            try Data("\(parts[0]).\(parts[1])".utf8).write(to: URL(filePath: "\(scene.folder)/input"))
            try #require(Self.decode(parts[2])).write(to: URL(filePath: "\(scene.folder)/signature"))
            let check = "pkeyutl -verify -inkey first.pem -rawin -in input -sigfile signature"
            #expect(try Self.openssl(check, in: scene.folder) == "0 Signature Verified Successfully\n")
            let claims = try Self.claims(of: token)
            #expect(claims["iss"] as? String == "https://gw.example" && claims["aud"] as? [String] == ["stock"])
            #expect(claims["sub"] as? String == "u-jwt" && claims["scope"] as? String == "stock:read")
            #expect(try scene.arrived("/orders/", bearer, spoofed) == [token])
            let session = try scene.arrived("/told/", "Cookie: session=\(Sessions.good.cookie)", spoofed)
            #expect(try session.map { try Self.claims(of: $0)["sub"] as? String } == ["u-good"])
            // Whom nobody vouches for, and where nobody is asked.
            #expect(try scene.arrived("/told/", spoofed) == [])
            #expect(try scene.arrived("/told/", "Authorization: Bearer a.b.c", spoofed) == [])
            #expect(try scene.arrived("/free/", try Self.bearer(), spoofed) == [])
        }

        @Test func `under another name nobody's own arrives either`() throws {
            let scene = try Scene(header: "x-who")
            let fields = ["X-Who: spoofed", "x-authgear-assertion: spoofed"]
            #expect(try scene.arrived("/told/", try Self.bearer(), fields[0], fields[1]) == [])
            let named = try scene.arrived("/told/", try Self.bearer(), fields[0], fields[1], named: "x-who")
            #expect(named.count == 1 && named.first != "spoofed")
            #expect(try scene.arrived("/free/", fields[0], fields[1], named: "x-who") == [])
        }

        @Test func `another resolver verifies it by the keys that this one publishes, before and after a change`()
            throws
        {
            let scene = try Scene()
            let backend = try ResolverServer(
                """
                issuers:
                  - issuer: https://gw.example
                    audiences: [stock]
                    algorithms: [ES256, EdDSA]
                    jwks_uri: http://\(scene.resolver.admin)/jwks.json

                """)
            try backend.becomeReady()
            func identity(_ token: String) throws -> [String] {
                Response.identity(
                    try HTTPConnection.get(backend.ipv4, "/resolve", "Authorization: Bearer \(token)").fields)
            }
            let direct = try HTTPConnection.get(scene.resolver.ipv4, "/resolve", try Self.bearer())
            let first = try #require(direct["x-authgear-assertion"])
            #expect(try identity(first) == Response.identity(direct.fields).filter { !$0.hasPrefix("assertion") })
            #expect(try identity(String(first.dropLast(8)) + "AAAAAAAA") == ["session-valid: false"])
            // The next key is known already: nobody waits for it.
            try scene.resolver.rewrite(try Scene.configuration(in: scene.folder, key: "second", next: "first"))
            let reload = try scene.resolver.reload()
            #expect(reload.status == 0, "\(reload.output)")
            let second = try #require(
                try HTTPConnection.get(scene.resolver.ipv4, "/resolve", try Self.bearer())["x-authgear-assertion"])
            #expect(first.split(separator: ".").first != second.split(separator: ".").first)
            for token in [first, second] { #expect(try identity(token).contains("user-id: u-jwt")) }
            // A file that holds no key changes nothing.
            try scene.resolver.rewrite(try Scene.configuration(in: scene.folder, key: "resolver.yaml", next: "first"))
            try Scratch.write("no key", to: "\(scene.folder)/resolver.yaml.pem")
            let refused = try scene.resolver.reload()
            #expect(refused.status == 1 && refused.output.contains("assertion.key_file"), "\(refused.output)")
            let third = try HTTPConnection.get(
                scene.resolver.ipv4, "/resolve", "Cookie: session=\(Sessions.good.cookie)")
            #expect(third["x-authgear-assertion"]?.split(separator: ".").first == second.split(separator: ".").first)
            let secrets = try Scratch.read("\(scene.folder)/second.pem").split(separator: "\n")[1]
            #expect(!scene.resolver.process.output.contains(secrets))
        }

        @Test func `it is renewed while its answer is given from memory`() throws {
            let scene = try Scene(lifetime: "2s")
            let token = try Self.bearer()
            func ask() throws -> String? {
                try HTTPConnection.get(scene.resolver.ipv4, "/resolve", token)["x-authgear-assertion"]
            }
            let first = try #require(try ask())
            let second = try eventually("another assertion") { () throws -> String in
                let next = try #require(try ask())
                guard next != first else { throw WireError.closed(after: "the same one") }
                return next
            }
            let times = try [first, second].map { token in
                let claims = try Self.claims(of: token)
                return (try #require(claims["iat"] as? Int), try #require(claims["exp"] as? Int))
            }
            #expect(times.allSatisfy { $0.1 == $0.0 + 2 } && times[1].0 > times[0].0)
        }

        @Test func `without a key there is no start, and check says so`() throws {
            let folder = try Scratch.directory()
            let path = "\(folder)/resolver.yaml"
            try Scratch.write(
                """
                issuers: [{ issuer: "https://id.example", audiences: [a] }]
                assertion: { key_file: none.pem, issuer: "https://gw.example", audiences: [stock] }

                """, to: path)
            for command in ["serve", "check"] {
                let process = try ResolverServer.run([command, "--config", path], in: folder)
                #expect(try process.wait() == 1)
                #expect(process.output.contains("assertion.key_file: \(folder)/none.pem can't be read"))
            }
        }
    }
}
