import Foundation
import Testing

extension IntegrationTests {
    /// Tokens of Debian's glewlwyd, an authorization server that nobody here wrote.
    @Suite(.enabled(if: Program.glewlwyd != nil, "needs glewlwyd (apt-get install glewlwyd; make test does)"))
    struct GlewlwydTests {
        private static func ask(_ resolver: ResolverServer, _ path: String, _ token: String) throws -> Response {
            try HTTPConnection.get(resolver.ipv4, path, "Authorization: Bearer \(token)")
        }

        /// Its tokens are for their scopes, in one text.
        private static func issuer(_ server: Glewlwyd, _ signing: Glewlwyd.Signing, _ more: String = "") -> String {
            """
            issuers:
              - issuer: \(server.issuer)
                audiences: [read, "read openid"]
                algorithms: [\(signing.algorithm)]
            \(more)
            policies:
              reader: { scopes: [read], clients: [web] }
              writer: { scopes: [write] }

            """
        }

        private static func introspection(secret: String = Glewlwyd.secret, _ more: String = "") -> String {
            "    introspection: { client: { id: web, secret: \(secret) }, for: all, timeout: 5s, max_age: 200ms\(more) }"
        }

        @Test(arguments: Glewlwyd.Signing.allCases)
        func `its tokens are verified by the keys that discovery finds`(signing: Glewlwyd.Signing) throws {
            let server = try Glewlwyd(signing: signing)
            let resolver = try ResolverServer(Self.issuer(server, signing))
            try resolver.becomeReady()
            let machine = try server.clientToken()
            #expect(try Self.ask(resolver, "/resolve", machine).identity == ["session-valid: true", "user-id: web"])
            let user = try server.userToken(scope: "read%20openid")
            let answer = try Self.ask(resolver, "/resolve", user)
            #expect(answer["x-authgear-session-valid"] == "true")
            #expect(answer["x-authgear-user-id"].map { $0 != "web" && $0.count > 8 } == true)
            for token in [machine, user] {
                #expect(try Self.ask(resolver, "/policy/reader/require", token).status == 200)
                let refused = try Self.ask(resolver, "/policy/writer/require", token)
                #expect(refused.status == 403)
                #expect(refused["www-authenticate"] == #"Bearer error="insufficient_scope", scope="write""#)
            }
            // For nobody whom we know; torn; another server's, whose keys are others.
            let other = try server.userToken(scope: "openid")
            let end = user.suffix(6) == "AAAAAA" ? "BBBBBB" : "AAAAAA"
            let stranger = try Glewlwyd(signing: signing).clientToken()
            for token in [other, user.dropLast(6) + end, stranger] {
                #expect(try Self.ask(resolver, "/require", token).status == 401)
            }
            #expect(try resolver.metric("refusals_total", #"reason="audience_unknown""#) == 1)
            #expect(try resolver.metric("refusals_total", #"reason="signature_wrong""#) == 1)
            #expect(try resolver.metric("refusals_total", #"reason="issuer_unknown""#) == 1)
        }

        @Test func `its introspection ends tokens that were revoked`() throws {
            let server = try Glewlwyd(signing: .rsa)
            let resolver = try ResolverServer(Self.issuer(server, .rsa, Self.introspection(", subject: client_id")))
            try resolver.becomeReady()
            let tokens = [try server.userToken(), try server.clientToken()]
            for token in tokens {
                #expect(try Self.ask(resolver, "/policy/reader/require", token).status == 200)
                try server.revoke(token)
                let refused = try eventually("the token to end; the resolver wrote:\n\(resolver.process.output)") {
                    let answer = try Self.ask(resolver, "/require", token)
                    return answer.status == 401 ? answer : nil
                }
                #expect(refused.identity == ["session-valid: false"])
            }
            #expect(try resolver.metric("refusals_total", #"reason="inactive""#) >= 2)
            // Of a client's own token it says no subject.
            let plain = try ResolverServer(Self.issuer(server, .rsa, Self.introspection()))
            try plain.becomeReady()
            #expect(try Self.ask(plain, "/require", server.userToken()).status == 200)
            #expect(try Self.ask(plain, "/require", server.clientToken()).status == 401)
            #expect(try plain.metric("refusals_total", #"reason="subject_missing""#) == 1)
        }

        @Test func `a token that it has bound to a key is no bearer's`() throws {
            let server = try Glewlwyd(signing: .rsa)
            let resolver = try ResolverServer(Self.issuer(server, .rsa))
            try resolver.becomeReady()
            let proof = try ProofKey().proof(of: "POST", server.tokenURI)
            let bound = try server.grant("grant_type=client_credentials&scope=read", "DPoP: \(proof)")
            #expect(try Self.ask(resolver, "/require", server.token(in: bound)).status == 401)
            #expect(try resolver.metric("refusals_total", #"reason="confirmation_unchecked""#) == 1)
            #expect(try Self.ask(resolver, "/require", server.clientToken()).status == 200)
        }

        @Test(arguments: Glewlwyd.Signing.allCases)
        func `a token that it has bound to a key comes in with its proof, once`(signing: Glewlwyd.Signing) throws {
            let server = try Glewlwyd(signing: signing)
            let resolver = try ResolverServer(
                Self.issuer(server, signing) + """
                      proved: { bound: true, scopes: [read] }
                    original: nginx
                    dpop: { origins: ["https://api.example"] }

                    """)
            try resolver.becomeReady()
            let key = try ProofKey()
            let grants = ["client_credentials", "password&username=anna&password=hunter22"]
            for grant in grants {
                let granting = try key.proof(of: "POST", server.tokenURI)
                let token = try server.token(
                    in: server.grant("grant_type=\(grant)&scope=read", "DPoP: \(granting)"))
                func ask(_ proof: String, scheme: String = "DPoP") throws -> Response {
                    try HTTPConnection.get(
                        resolver.ipv4, "/policy/proved/require", "Authorization: \(scheme) \(token)", "DPoP: \(proof)",
                        "X-Original-Method: GET", "X-Original-URI: /orders/7")
                }
                let uri = "https://api.example/orders/7"
                let proof = try key.proof(of: "GET", uri, token: token)
                #expect(try ask(proof).status == 200)
                // Used; another client's; for another request; without any as a bearer token.
                let others = [
                    (proof, "invalid_dpop_proof"),
                    (try ProofKey().proof(of: "GET", uri, token: token), "invalid_token"),
                    (try key.proof(of: "POST", uri, token: token), "invalid_dpop_proof"),
                ]
                for (other, error) in others {
                    let refused = try ask(other)
                    #expect(refused.status == 401)
                    #expect(refused["www-authenticate"] == #"DPoP algs="ES256", error="\#(error)""#)
                }
                #expect(try ask(key.proof(of: "GET", uri, token: token), scheme: "Bearer").status == 401)
                #expect(try ask(key.proof(of: "GET", uri, token: token)).status == 200)
            }
        }

        @Test func `to a wrong secret it says so, and nobody is logged out`() throws {
            let server = try Glewlwyd(signing: .ecdsa)
            let resolver = try ResolverServer(Self.issuer(server, .ecdsa, Self.introspection(secret: "wrong")))
            try resolver.becomeReady()
            let answer = try Self.ask(resolver, "/require", server.userToken())
            #expect(answer.status == 503 && answer["x-authgear-resolver-error"] == "ask_refused")
            let check = try ResolverServer.run(["check", "--config", resolver.path], in: Scratch.directory())
            #expect(try check.wait() == 1)
            #expect(check.output.contains("failed introspection "), "\(check.output)")
        }
    }
}
