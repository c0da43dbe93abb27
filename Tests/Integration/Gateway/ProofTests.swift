import Bytes
import Fixtures
import Foundation
import JOSE
import Testing

extension IntegrationTests {
    /// Tokens that are bound to a key or to a certificate, through nginx with the files that the program prints.
    @Suite struct ProofTests {
        private static let origin = "https://api.test"
        private static let policies = """
            location /bound/ {
                auth_request /_authgear/policy/bound/require;
                include policy.conf;
                proxy_pass http://backend;
            }
            location /stock/ {
                auth_request /_authgear/policy/stock/require;
                include policy.conf;
                proxy_pass http://backend;
            }
            """
        /// The clients' key, whose proofs are good.
        private static let key = Result { try SigningKey(generating: .es256, kid: nil) }

        /// The resolver and nginx, as an operator makes them from one configuration.
        private struct Scene {
            let resolver: ResolverServer
            let nginx: Nginx
            let configuration: String

            init(more: String, settings: String = "", server: String = policies) throws {
                let stage = try GatewayStage.shared.get()
                configuration = """
                    threads: 2
                    issuers:
                      - issuer: "\(Mint.issuer)"
                        audiences: ["\(Mint.audience)"]
                        jwks_uri: "\(stage.issuer.keysURL)"
                    policies:
                      bound: { bound: true }
                      stock: { scopes: ["stock:read"] }
                    \(more)
                    """
                resolver = try ResolverServer(configuration)
                let folder = try Scratch.directory()
                try Scratch.write(configuration, to: "\(folder)/resolver.yaml")
                let printing = try ResolverServer.run(
                    ["gateway", "nginx", "--config", "resolver.yaml", "--output", folder], in: folder,
                    input: "/dev/null")
                #expect(try printing.wait() == 0, "\(printing.output)")
                nginx = try Nginx(
                    resolver: resolver.ipv4, backend: stage.backend.server.address, settings: settings, server: server
                ) { file, text in
                    // The addresses are the test's.
                    ["nginx.conf", "upstream.conf"].contains(file) ? text : try Scratch.read("\(folder)/\(file)")
                }
            }

            static func ofProofs() throws -> Scene {
                try Scene(
                    more: """
                        original: nginx
                        challenge: { realm: api }
                        dpop: { origins: ["\(origin)"] }
                        client_certificate: { header: x-client-cert, format: nginx }
                        """)
            }

            func ask(_ line: String, _ fields: [String]) throws -> Response {
                let lines = ["\(line) HTTP/1.1", "Host: test"] + fields
                return try HTTPConnection.ask(nginx.address, lines.map { $0 + "\r\n" }.joined() + "\r\n")
            }

            func refusals(_ reason: String) throws -> Double {
                try resolver.metric("refusals_total", #"credential="token""#, #"reason="\#(reason)""#)
            }
        }

        private static func token(_ changes: [String: String?] = [:]) throws -> String {
            try Mint.token(["cnf": ProofMint.confirmation(by: key.get())].merging(changes) { $1 })
        }

        private static func proof(
            for token: String, method: String = "GET", path: String = "/account/", at seconds: Int = 0,
            change: (inout ProofMint) throws -> Void = { _ in }
        ) throws -> String {
            let now = Timestamp(seconds: Int64(Date.now.timeIntervalSince1970) + Int64(seconds))
            var mint = ProofMint(
                for: Array(token.utf8), key: try key.get(), method: method, uri: origin + path, at: now,
                identifier: UUID().uuidString)
            try change(&mint)
            return mint.proof
        }

        private static func fields(_ token: String, _ proofs: String..., scheme: String = "DPoP") -> [String] {
            ["Authorization: \(scheme) \(token)"] + proofs.map { "DPoP: \($0)" }
        }

        @Test func `a proof is good once, on whatever worker`() throws {
            let scene = try Scene.ofProofs()
            let token = try Self.token()
            let proof = try Self.proof(for: token)
            #expect(try scene.ask("GET /account/", Self.fields(token, proof)).status == 200)
            // Connections are new ones, and so go to one worker and the other.
            for _ in 0..<8 {
                let address = scene.resolver.ipv4
                let response = try HTTPConnection.get(
                    address, "/require", "Authorization: DPoP \(token)", "DPoP: \(proof)", "X-Original-Method: GET",
                    "X-Original-URI: /account/")
                #expect(response.status == 401)
                #expect(
                    response["www-authenticate"]
                        == #"DPoP realm="api", algs="ES256", error="invalid_dpop_proof""#)
            }
            #expect(try scene.refusals("dpop_replayed") == 8)
            #expect(try scene.ask("GET /account/?x=1", Self.fields(token, Self.proof(for: token))).status == 200)
            #expect(
                try scene.ask("DELETE /account/", Self.fields(token, Self.proof(for: token, method: "DELETE"))).status
                    == 200)
        }

        @Test func `it is still used after a reload`() throws {
            let scene = try Scene.ofProofs()
            let token = try Self.token()
            let proof = try Self.proof(for: token)
            #expect(try scene.ask("GET /account/", Self.fields(token, proof)).status == 200)
            try scene.resolver.rewrite(scene.configuration.replacing("realm: api", with: "realm: other"))
            scene.resolver.process.signal(SIGHUP)
            _ = try eventually("the other realm") {
                let response = try scene.ask("GET /account/", Self.fields(token, proof))
                guard response["www-authenticate"]?.contains("other") == true else {
                    throw WireError.closed(after: response.description)
                }
                #expect(response.status == 401)
                return true
            }
        }

        /// What is wrong with a request, its reason, and what the challenge calls it.
        private static let wrongs: [(reason: String, code: String, fields: @Sendable () throws -> [String])] = [
            ("dpop_unbound", "invalid_token", { try with(token(["cnf": nil])) }),
            ("dpop_missing", "invalid_dpop_proof", { fields(try token()) }),
            (
                "dpop_malformed", "invalid_dpop_proof",
                { try with(token()) { $0.header["typ"] = #""jwt""# } }
            ),
            (
                "dpop_algorithm", "invalid_dpop_proof",
                { try with(token()) { $0.header["alg"] = #""ES512""# } }
            ),
            ("dpop_method", "invalid_dpop_proof", { try with(token()) { $0.claims["htm"] = #""POST""# } }),
            (
                "dpop_uri", "invalid_dpop_proof",
                { try with(token()) { $0.claims["htu"] = #""https://test/account/""# } }
            ),
            ("dpop_time", "invalid_dpop_proof", { try with(token()) { $0.claims["iat"] = Mint.time(-61) } }),
            ("dpop_token", "invalid_token", { try with(token()) { $0.claims["ath"] = #""x""# } }),
            (
                "dpop_key", "invalid_token",
                {
                    let other = try SigningKey(generating: .es256, kid: nil)
                    return try with(token(["cnf": ProofMint.confirmation(by: other)]))
                }
            ),
            (
                "dpop_signature", "invalid_dpop_proof",
                { try with(token()) { $0.key = try SigningKey(generating: .es256, kid: nil) } }
            ),
        ]

        private static func with(
            _ token: String, change: (inout ProofMint) throws -> Void = { _ in }
        ) throws -> [String] {
            fields(token, try proof(for: token, change: change))
        }

        @Test func `each reason has its challenge`() throws {
            let scene = try Scene.ofProofs()
            for (reason, code, fields) in Self.wrongs {
                let response = try scene.ask("GET /account/", fields())
                #expect(response.status == 401, "\(reason)")
                #expect(
                    response["www-authenticate"] == #"DPoP realm="api", algs="ES256", error="\#(code)""#, "\(reason)")
                #expect(try scene.refusals(reason) == 1, "\(reason)")
            }
            // As bearer, and in a cookie, it is no bearer's.
            let token = try Self.token()
            let bearer = try scene.ask("GET /account/", Self.fields(token, scheme: "Bearer"))
            #expect(
                bearer["www-authenticate"]
                    == #"DPoP realm="api", algs="ES256", Bearer realm="api", error="invalid_token""#)
            let cookie = try scene.ask(
                "GET /account/", ["Cookie: app_access_token=\(token)", "DPoP: \(Self.proof(for: token))"])
            #expect(cookie.status == 401)
            #expect(try scene.refusals("confirmation_unchecked") == 2)
            let stranger = try scene.ask("GET /account/", [])
            #expect(stranger["www-authenticate"] == #"DPoP realm="api", algs="ES256", Bearer realm="api""#)
        }

        @Test func `what a client says of its own request and of its certificate does not get through`() throws {
            let scene = try Scene.ofProofs()
            let token = try Self.token()
            let proof = try Self.proof(for: token, path: "/other/")
            let spoofed = try scene.ask(
                "GET /account/", Self.fields(token, proof) + ["X-Original-URI: /other/", "X-Original-Method: GET"])
            #expect(spoofed.status == 401)
            let bound = try Mint.token(["cnf": #"{"x5t#S256":"\#(ProofMint.hash(of: Array("x".utf8)))"}"#])
            let certificate = "x-client-cert: -----BEGIN%20CERTIFICATE-----%0AeA%3D%3D%0A-----END%20CERTIFICATE-----%0A"
            #expect(
                try scene.ask("GET /account/", Self.fields(bound, scheme: "Bearer") + [certificate]).status == 401)
            #expect(try scene.refusals("certificate_missing") == 1)
            // The gateway's own word would have done.
            let asked = try HTTPConnection.get(
                scene.resolver.ipv4, "/require", "Authorization: Bearer \(bound)", certificate)
            #expect(asked.status == 200)
            for (value, reason) in [
                ("x", "certificate_malformed"),
                ("-----BEGIN%20CERTIFICATE-----%0AeQ%3D%3D%0A-----END%20CERTIFICATE-----%0A", "certificate_mismatch"),
            ] {
                let response = try HTTPConnection.get(
                    scene.resolver.ipv4, "/require", "Authorization: Bearer \(bound)", "X-Client-Cert: \(value)")
                #expect(response.status == 401)
                #expect(try scene.refusals(reason) == 1)
            }
        }

        @Test func `a policy's challenges are DPoP's alone, and a bound one wants a proof`() throws {
            let scene = try Scene.ofProofs()
            let token = try Self.token(["scope": #""none""#])
            let refused = try scene.ask("GET /stock/", Self.fields(token, Self.proof(for: token, path: "/stock/")))
            #expect(refused.status == 403)
            #expect(
                refused["www-authenticate"]
                    == #"DPoP realm="api", algs="ES256", error="insufficient_scope", scope="stock:read""#)
            #expect(
                try scene.ask("GET /bound/", Self.fields(token, Self.proof(for: token, path: "/bound/"))).status == 200)
            let bearer = try scene.ask("GET /bound/", Self.fields(Mint.token(), scheme: "Bearer"))
            #expect(bearer.status == 401)
            #expect(
                bearer["www-authenticate"]
                    == #"DPoP realm="api", algs="ES256", Bearer realm="api", error="invalid_token""#)
        }

        @Test(.enabled(if: CertificateAuthority.isAvailable, "needs openssl"))
        func `a certificate's token is good on its own connection alone`() throws {
            let authority = try CertificateAuthority()
            let server = try authority.issue("server", for: "DNS:localhost,IP:127.0.0.1")
            let client = try authority.issue("client", for: "DNS:client")
            let other = try authority.issue("other", for: "DNS:other")
            let port = try FreePort.take()
            let scene = try Scene(
                more: "client_certificate: { header: x-client-cert, format: nginx }",
                server: """
                    listen 127.0.0.1:\(port) ssl;
                    ssl_certificate \(server.certificate);
                    ssl_certificate_key \(server.key);
                    ssl_client_certificate \(authority.certificate);
                    ssl_verify_client optional;
                    """)
            let pem = try Scratch.read(client.certificate).split(separator: "\n").filter { !$0.hasPrefix("-----") }
            let der = try #require(Data(base64Encoded: pem.joined()))
            let token = try Mint.token(["cnf": #"{"x5t#S256":"\#(ProofMint.hash(of: Array(der)))"}"#])
            func status(_ identity: CertificateAuthority.Issued?) throws -> String {
                let folder = try Scratch.directory()
                try Scratch.write(
                    "GET /account/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\nConnection: close\r\n\r\n",
                    to: "\(folder)/request")
                let identity = identity.map { ["-cert", $0.certificate, "-key", $0.key] } ?? []
                let asking = try ChildProcess(
                    "/usr/bin/openssl",
                    [
                        "s_client", "-quiet", "-ign_eof", "-connect", "127.0.0.1:\(port)", "-CAfile",
                        authority.certificate,
                    ]
                        + identity, in: folder, input: "\(folder)/request")
                _ = try asking.wait()
                return asking.output.split(separator: "\r\n").flatMap { $0.split(separator: "\n") }
                    .first { $0.hasPrefix("HTTP/1.1 ") }.map { String($0.dropFirst(9).prefix(3)) } ?? asking.output
            }
            #expect(try status(client) == "200")
            #expect(try status(other) == "401")
            #expect(try scene.refusals("certificate_mismatch") == 1)
            #expect(try status(nil) == "401")
            #expect(try scene.refusals("certificate_missing") == 1)
        }

        @Test(arguments: ["nginx", "traefik", "envoy"])
        func `every gateway's word on the client's request counts`(original: String) throws {
            let stage = try GatewayStage.shared.get()
            let resolver = try ResolverServer(
                """
                issuers:
                  - { issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_uri: "\(stage.issuer.keysURL)" }
                original: \(original)
                dpop: { origins: ["\(Self.origin)"] }
                """)
            func status(_ method: String, _ path: String) throws -> Int {
                let token = try Self.token()
                let proof = try Self.proof(for: token, method: "PUT", path: "/a/b")
                let prefix = original == "nginx" ? "X-Original" : "X-Forwarded"
                let isEnvoy = original == "envoy"
                let lines =
                    [isEnvoy ? "\(method) /require\(path) HTTP/1.1" : "GET /require HTTP/1.1", "Host: test"]
                    + Self.fields(token, proof)
                    + (isEnvoy ? [] : ["\(prefix)-Method: \(method)", "\(prefix)-Uri: \(path)"])
                return try HTTPConnection.ask(resolver.ipv4, lines.map { $0 + "\r\n" }.joined() + "\r\n").status
            }
            #expect(try status("PUT", "/a/b?c") == 200)
            #expect(try status("PUT", "/%61/b") == 200)
            #expect(try status("POST", "/a/b") == 401)
            #expect(try status("PUT", "/a/b/") == 401)
            #expect(try status("PUT", "/a/../a/b") == 401)
        }

        /// A format, and what a gateway says of a certificate of one byte.
        private static let formats = [
            ("nginx", "-----BEGIN%20CERTIFICATE-----%0AeA%3D%3D%0A-----END%20CERTIFICATE-----%0A"),
            ("traefik", "eA=="), ("rfc9440", ":eA==:"),
            ("xfcc", "By=spiffe://test;Hash=2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"),
        ]

        @Test(arguments: formats)
        func `a certificate counts in the form in which the gateway has it`(format: String, value: String) throws {
            let stage = try GatewayStage.shared.get()
            let resolver = try ResolverServer(
                """
                issuers:
                  - { issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_uri: "\(stage.issuer.keysURL)" }
                client_certificate: { header: x-cert, format: \(format) }
                """)
            let token = try Mint.token(["cnf": #"{"x5t#S256":"\#(ProofMint.hash(of: Array("x".utf8)))"}"#])
            func ask(_ fields: String...) throws -> Response {
                let lines = ["GET /require HTTP/1.1", "Host: test", "Authorization: Bearer \(token)"] + fields
                return try HTTPConnection.ask(resolver.ipv4, lines.map { $0 + "\r\n" }.joined() + "\r\n")
            }
            #expect(try ask("X-Cert: \(value)").status == 200)
            for (fields, reason) in [
                ([String](), "certificate_missing"), (["X-Cert:"], "certificate_missing"),
                (["X-Cert: \(value)", "X-Cert: \(value)"], "certificate_malformed"),
                (["X-Cert: \(value),\(value)"], "certificate_malformed"),
                (["X-Cert: \(String(repeating: "a", count: 9_000))"], "certificate_malformed"),
            ] {
                let before = try resolver.metric("refusals_total", #"reason="\#(reason)""#)
                let lines = ["GET /require HTTP/1.1", "Host: test", "Authorization: Bearer \(token)"] + fields
                let response = try HTTPConnection.ask(
                    resolver.ipv4, lines.map { $0 + "\r\n" }.joined() + "\r\n")
                #expect(response.status == 401)
                #expect(response["www-authenticate"] == #"Bearer error="invalid_token""#)
                #expect(try resolver.metric("refusals_total", #"reason="\#(reason)""#) == before + 1)
            }
        }
    }
}
