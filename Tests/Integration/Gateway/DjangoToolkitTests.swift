import Foundation
import Testing

extension IntegrationTests {
    /// Opaque tokens of PyPI's django-oauth-toolkit, an authorization server that nobody here wrote. Its answers name no subject.
    @Suite(
        .enabled(
            if: Program.djangoPython != nil, "needs django-oauth-toolkit in .build/servers (make test installs it)"))
    struct DjangoToolkitTests {
        private static func configuration(
            _ server: DjangoToolkit, client: String = "machine", secret: String = DjangoToolkit.secret,
            subject: String = ", subject: { claim: username, or: client_id }"
        ) -> String {
            """
            issuers:
              - issuer: https://django.example
                jwks_uri: none
                introspection:
                  endpoint: \(server.introspection)
                  client: { id: \(client), secret: \(secret) }
                  clients: [machine, login]
                  max_age: 200ms
                  timeout: 10s
                  \(subject.isEmpty ? "" : String(subject.dropFirst(2)))
            limits: { decision_timeout: 20s }
            policies:
              reader: { scopes: [read], clients: [login] }
              writer: { scopes: [write] }

            """
        }

        private static func ask(_ resolver: ResolverServer, _ path: String, _ token: String) throws -> Response {
            try HTTPConnection.get(resolver.ipv4, path, "Authorization: Bearer \(token)")
        }

        @Test func `its tokens are their users' until they are revoked`() throws {
            let server = try DjangoToolkit()
            let resolver = try ResolverServer(Self.configuration(server))
            try resolver.becomeReady()
            let user = try server.userToken()
            #expect(try Self.ask(resolver, "/resolve", user).identity == ["session-valid: true", "user-id: anna"])
            let machine = try server.clientToken()
            #expect(
                try Self.ask(resolver, "/resolve", machine).identity == ["session-valid: true", "user-id: machine"])
            #expect(try Self.ask(resolver, "/policy/reader/require", user).status == 200)
            #expect(try Self.ask(resolver, "/policy/reader/require", machine).status == 401)
            #expect(try Self.ask(resolver, "/policy/writer/require", user).status == 403)
            #expect(try Self.ask(resolver, "/policy/writer/require", server.userToken(scope: "write")).status == 200)
            #expect(try Self.ask(resolver, "/require", "made-up").status == 401)
            try server.revoke(user, of: "login")
            let refused = try eventually("the token to end; the resolver wrote:\n\(resolver.process.output)") {
                let answer = try Self.ask(resolver, "/require", user)
                return answer.status == 401 ? answer : nil
            }
            #expect(refused["www-authenticate"] == #"Bearer error="invalid_token""#)
            #expect(try Self.ask(resolver, "/require", machine).status == 200)
            let check = try ResolverServer.run(["check", "--config", resolver.path], in: Scratch.directory())
            #expect(try check.wait() == 0, "\(check.output)")
            #expect(check.output.contains("calls a random token inactive"), "\(check.output)")
        }

        @Test func `without somebody to name, and with a wrong secret, nobody comes in`() throws {
            let server = try DjangoToolkit()
            let token = try server.userToken()
            let plain = try ResolverServer(Self.configuration(server, subject: ""))
            try plain.becomeReady()
            #expect(try Self.ask(plain, "/require", token).status == 401)
            #expect(try plain.metric("refusals_total", #"reason="subject_missing""#) == 1)
            let wrong = try ResolverServer(Self.configuration(server, secret: "wrong"))
            try wrong.becomeReady()
            let answer = try Self.ask(wrong, "/require", token)
            #expect(answer.status == 503 && answer["x-authgear-resolver-error"] == "ask_refused")
        }
    }
}
