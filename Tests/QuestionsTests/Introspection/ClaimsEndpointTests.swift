import Authentication
import Bytes
import Fixtures
import JOSE
import NIOCore
import NIOPosix
import Questions
import Testing

/// How servers are asked whose session a cookie names, and for what a token lacks, and what becomes of what they answer (contract
/// sections 21 and 22).
struct ClaimsEndpointTests {
    private static let claims = StandIn.Behaviour.answer(
        200, [("Set-Cookie", "sid=other"), ("Set-Cookie", "evil=1")], #"{"sub":"u1"}"#)

    static let manners: [ClaimsEndpoint.Manner] = [.cookie(named: "sid"), .bearer]

    private static func endpoint(
        _ server: StandIn, _ manner: ClaimsEndpoint.Manner, timeout: Duration = .seconds(3_600),
        _ change: (inout ClaimsEndpoint.Settings) -> Void = { _ in }
    ) throws -> ClaimsEndpoint {
        var settings = ClaimsEndpoint.Settings(
            issuer: "http://127.0.0.1:\(server.port)", endpoint: try FetchURL("http://127.0.0.1:\(server.port)/me?x=1"),
            asking: manner)
        settings.timeout = timeout
        change(&settings)
        return ClaimsEndpoint(
            settings, group: MultiThreadedEventLoopGroup.singleton, clock: { Timestamp(seconds: 1_800_000_000) })
    }

    private static func question(_ manner: ClaimsEndpoint.Manner, _ value: String = "hunter2") -> ClaimsQuestion {
        let value = Array(value.utf8)
        let purpose: AskedServer.Purpose = manner == .bearer ? .userinfo : .cookie
        return ClaimsQuestion(
            about: value, digest: SHA256Digest(of: value.span.bytes), of: AskedServer(purpose, of: 1))
    }

    @Test(arguments: manners) func `a question is a GET with the credential, and with nothing else of a client's`(
        manner: ClaimsEndpoint.Manner
    ) async throws {
        try await StandIn.serving({ _ in Self.claims }) { server in
            let endpoint = try Self.endpoint(server, manner)
            // Twice: what the server sets is not sent back.
            for _ in 0..<2 { #expect((await endpoint.askOnce(Self.question(manner)).reply).words == "active") }
            await endpoint.shutdown()
            let credential = manner == .bearer ? "authorization: Bearer hunter2" : "cookie: sid=hunter2"
            for head in server.heads {
                let lines = head.split(separator: "\r\n").map { $0.lowercased() }
                #expect(lines.first == "get /me?x=1 http/1.1")
                #expect(
                    Set(lines.dropFirst()) == [
                        "host: 127.0.0.1:\(server.port)", "accept: application/json", "accept-encoding: identity",
                        "user-agent: authgear-resolver", credential.lowercased(),
                    ])
            }
            #expect(server.heads.count == 2)
        }
    }

    static let answers: [(StandIn.Behaviour, cookie: String, bearer: String)] = [
        (.answer(401), "inactive", "inactive"), (.answer(403), "inactive", "refused"),
        (.answer(429, [("Retry-After", "7")]), "overloaded", "overloaded"), (.answer(503), "overloaded", "overloaded"),
        (.answer(400), "refused", "refused"), (.answer(404), "refused", "refused"),
        (.answer(500), "refused", "refused"),
        (.answer(204), "refused", "refused"),
        (.answer(302, [("Location", "/login")]), "refused", "refused"),
        (.answer(307, [("Location", "/login")]), "refused", "refused"),
        (.answer(200, [], "<html>Log in</html>"), "unreadable", "unreadable"),
        (.answer(200), "unreadable", "unreadable"),
        (.answer(200, [], "[]"), "unreadable", "unreadable"),
        (.answer(200, [], "eyJ.eyJ.x"), "unreadable", "unreadable"),
        (.send("SSH-2.0\r\n\r\n"), "unreadable", "unreadable"),
        (.flood("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n", 100_000_000), "unreadable", "unreadable"),
        (.flood("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", 100_000_000), "unreadable", "unreadable"),
        (.close(""), "unreachable", "unreachable"),
    ]

    @Test(arguments: answers, manners) func `what is answered is read, or is a failure of its kind`(
        row: (StandIn.Behaviour, cookie: String, bearer: String), manner: ClaimsEndpoint.Manner
    ) async throws {
        let reply = manner == .bearer ? row.bearer : row.cookie
        try await StandIn.serving({ _ in row.0 }) { server in
            let endpoint = try Self.endpoint(server, manner)
            let (asked, trouble) = await endpoint.askOnce(Self.question(manner))
            await endpoint.shutdown()
            #expect(asked.words == reply)
            #expect((trouble == nil) == (reply == "inactive"))
            #expect(trouble?.contains("hunter2") != true && trouble?.contains("x=1") != true)
            #expect(trouble?.contains("introspection") != true)
            // A redirect is not followed, and nothing is asked again.
            #expect(server.heads.count == 1)
            #expect(server.flooded < 10_000_000)
        }
    }

    @Test(arguments: manners) func `one that is silent, or not there, is a failure`(
        manner: ClaimsEndpoint.Manner
    ) async throws {
        try await StandIn.serving({ _ in .silence }) { server in
            let silent = try Self.endpoint(server, manner, timeout: .milliseconds(100))
            #expect((await silent.askOnce(Self.question(manner)).reply).words == "timedOut")
            await silent.shutdown()
            let port = try FreePort.take()
            let away = try Self.endpoint(server, manner) { $0.endpoint = try? FetchURL("http://127.0.0.1:\(port)/") }
            #expect((await away.askOnce(Self.question(manner)).reply).words == "unreachable")
            await away.shutdown()
        }
    }

    @Test func `discovery finds a userinfo endpoint, and no other`() async throws {
        try await StandIn.serving({ _ in Self.claims }) { server in
            let issuer = "http://127.0.0.1:\(server.port)"
            for (document, reply) in [
                (#"{"issuer":"ISSUER","userinfo_endpoint":"ISSUER/found"}"#, "active"),
                (#"{"issuer":"ISSUER","introspection_endpoint":"ISSUER/found"}"#, "refused"),
                (#"{"issuer":"ISSUER","userinfo_endpoint":"http://id.example/u"}"#, "refused"),
                (#"{"issuer":"http://other","userinfo_endpoint":"ISSUER/found"}"#, "refused"),
            ] {
                server.set { head in
                    guard head.hasPrefix("GET /.well-known/openid-configuration ") else { return Self.claims }
                    return .answer(200, [], document.replacing("ISSUER", with: issuer))
                }
                let endpoint = try Self.endpoint(server, .bearer) { $0.endpoint = nil }
                #expect((await endpoint.askOnce(Self.question(.bearer)).reply).words == reply)
                await endpoint.shutdown()
            }
            #expect(server.heads.count { $0.hasPrefix("GET /found ") } == 1)
        }
    }
}
