import Authentication
import Fixtures
import NIOConcurrencyHelpers
import Questions
import Telemetry
import Testing

/// What becomes of a question when Authgear is well, slow, down, wrong, redirecting or huge: the table of contract
/// section 10, over real sockets.
@Suite(.timeLimit(.minutes(5))) struct AuthgearClientTests {
    private static let user = "X-Authgear-Session-Valid: true\r\nX-Authgear-User-Id: e307\r\n"

    @Test(
        arguments: [
            (.valid("e307"), "valid e307"),
            (.answer(200, [("x-authgear-session-valid", "false"), ("Set-Cookie", "session=")]), "invalid"),
            (.none, "invalid"),
            (.answer(200, [("X-Authgear-Session-Valid", "true"), ("X-Authgear-User-Id", "e307")], "x"), "valid e307"),
            (.send("HTTP/1.1 200 OK\r\n\(user)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "valid e307"),
            (.close("HTTP/1.0 200 OK\r\n\(user)\r\n"), "valid e307"),
            // Wrong.
            (.answer(200, [("Content-Type", "text/html")], "<!DOCTYPE html><h1>Maintenance</h1>"), "refused"),
            (.answer(404, [], "not found"), "refused"), (.answer(500, [], "{}"), "refused"), (.answer(401), "refused"),
            (.answer(204), "refused"), (.answer(502, [], "<html>"), "refused"),
            (.answer(200, [("X-Authgear-Session-Valid", "true")]), "refused"),
            (.send("HTTP/1.1 200 OK\r\n\(user)X-Authgear-User-Id: e307\r\nContent-Length: 0\r\n\r\n"), "refused"),
            (.answer(200, [("X-Authgear-Session-Valid", "true"), ("X-Authgear-User-Id", "a\rb")]), "refused"),
            (.answer(200, [("X-Authgear-Session-Valid", "true"), ("X-Authgear-User-Id", "a\u{E9}")]), "refused"),
            (.answer(200, [("X-Authgear-Session-Valid", "true"), ("X-Authgear-User-Id", "a\u{1}")]), "refused"),
            (.send("SSH-2.0-OpenSSH_9.2\r\n"), "refused"), (.send("HTTP/9.9 200 OK\r\n\r\n"), "refused"),
            (.send("HTTP/1.1 200 OK\r\n\(user)Content-Length: -1\r\n\r\n"), "refused"),
            // Busy.
            (.answer(429, [("Retry-After", "1")]), "overloaded"), (.answer(503, [], "busy"), "overloaded"),
            // Broken off.
            (.close(""), "unreachable"), (.close("HTTP/1.1 200 OK\r\nX-Auth"), "unreachable"),
            (.close("HTTP/1.1 200 OK\r\n\(user)Content-Length: 10\r\n\r\nabc"), "unreachable"),
        ] as [(StandIn.Behaviour, String)])
    func `an answer means what the table says`(behaviour: StandIn.Behaviour, reply: String) async throws {
        try await StandIn.serving({ _ in behaviour }) { server in
            try await AuthgearStage(server).run { client in
                #expect(await client.reply(to: .bearer("hunter2")) == reply)
            }
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\n\(user)Content-Length: 100000000\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\(user)\r\n", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 404 X\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\(user)X-Authgear-User-Roles: ",
    ])
    func `an answer of 100 MB is refused long before its end`(head: String) async throws {
        try await StandIn.serving({ _ in .flood(head, 100_000_000) }) { server in
            try await AuthgearStage(server).run { client in
                #expect(await client.reply(to: .bearer("a")) == "refused")
            }
            #expect(server.flooded < 50_000_000)
        }
    }

    @Test func `a header of many kilobytes is taken or refused, and nothing in between`() async throws {
        for (count, reply) in [(30_000, "valid"), (1_000_000, "refused")] {
            let user = String(repeating: "u", count: count)
            try await StandIn.serving({ _ in .valid(user) }) { server in
                try await AuthgearStage(server).run { client in
                    let words = await client.reply(to: .bearer("a"))
                    #expect(words == (reply == "valid" ? "valid \(user)" : reply))
                }
            }
        }
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `a redirect is not followed`(status: Int) async throws {
        try await StandIn.serving({ _ in .valid("e307") }) { other in
            let place = "http://127.0.0.1:\(other.port)/resolve"
            try await StandIn.serving({ _ in .answer(status, [("Location", place)]) }) { server in
                try await AuthgearStage(server).run { client in
                    #expect(await client.reply(to: .bearer("a")) == "refused")
                }
                #expect(server.questions.count == 1)
            }
            #expect(other.heads.isEmpty)
        }
    }

    @Test(
        arguments: [
            .silence, .send("HTTP/1.1 200 OK\r\n"), .send("HTTP/1.1 200 OK\r\n\(user)Content-Length: 5\r\n\r\nab"),
            .drip("HTTP/1.1 200 OK\r\n\(user)\r\n" + String(repeating: " ", count: 60_000)),
        ] as [StandIn.Behaviour])
    func `an answer that does not end in time is too late`(behaviour: StandIn.Behaviour) async throws {
        try await StandIn.serving({ _ in behaviour }) { server in
            try await AuthgearStage(server, timeout: .milliseconds(200)).run { client in
                #expect(await client.reply(to: .bearer("a")) == "timedOut")
                server.set { _ in .valid("e307") }
                // It is in nobody's way afterwards, however slow the machine is.
                try await waitUntil { await client.reply(to: .bearer("b")) == "valid e307" }
            }
        }
    }

    @Test func `without a server nothing is reached, and the words say where`() async throws {
        var port = 0
        try await StandIn.serving({ _ in .none }) { port = $0.port }
        let stage = try AuthgearStage(url: "http://127.0.0.1:\(port)/resolve?key=hunter2")
        try await stage.run { client in
            #expect(await client.reply(to: .bearer("a")) == "unreachable")
            let status = try await client.status()
            #expect(status == "Authgear at http://127.0.0.1:\(port)/resolve: connection refused")
        }
        #expect(stage.log.count == 1 && stage.log[0].contains("connection refused"))
    }

    @Test func `while it is asked to wait, nothing is asked`() async throws {
        try await StandIn.serving({ _ in .answer(503, [("Retry-After", "30")]) }) { server in
            try await AuthgearStage(server).run { client in
                for token in ["a", "b", "c"] { #expect(await client.reply(to: .bearer(token)) == "overloaded") }
                #expect(server.questions.count == 1)
            }
        }
    }

    @Test func `after five failures the others fail at once, and when it is there again it is asked again`()
        async throws
    {
        try await StandIn.serving({ _ in .none }) { server in
            server.set { _ in .answer(500) }
            let stage = try AuthgearStage(server)
            try await stage.run { client in
                for number in 1...5 { #expect(await client.reply(to: .bearer("\(number)")) == "refused") }
                #expect(await client.reply(to: .bearer("6")) == "overloaded")
                #expect(server.questions.count == 5)
                var figures = try await client.figures()
                #expect(figures.isBreakerOpen)
                let status = try await client.status()
                #expect(status == "Authgear at http://127.0.0.1:\(server.port)/resolve: status 500 instead of 200")
                server.set { StandIn.hasCredential($0) ? .valid("e307") : .none }
                try await waitUntil { try await client.status() == nil }
                #expect(await client.reply(to: .bearer("7")) == "valid e307")
                figures = try await client.figures()
                #expect(!figures.isBreakerOpen && figures.durations.counts.reduce(0, +) >= 7)
            }
            #expect(stage.log.count == 2, "it fails, and is there again: \(stage.log)")
        }
    }

    @Test func `whoever waits when the service ends is told`() async throws {
        let replies = NIOLockedValueBox<[String]>([])
        try await StandIn.serving({ _ in .silence }) { server in
            let stage = try AuthgearStage(server, timeout: .seconds(3_600), connections: 2)
            try await stage.run { client in
                for number in 0..<10 {
                    client.ask(.bearer("\(number)")) { reply in replies.withLockedValue { $0.append("\(reply)") } }
                }
                try await waitUntil { try await client.figures().waiting == 8 }
            }
            #expect(replies.withLockedValue { $0.count } == 10)
            #expect(await stage.client.reply(to: .bearer("late")) == "unreachable")
        }
    }

    @Test(
        arguments: [
            (.none, nil), (.answer(404), "status 404: it does not know the host, or the path is another"),
            (.answer(200, [], "<html>"), "a page instead of the resolver's answer, which has no body"),
            (.valid("e307"), "a session although no credential was sent"),
            (.silence, "no complete answer in time"),
        ] as [(StandIn.Behaviour, String?)])
    func `whether it is there can be asked once`(behaviour: StandIn.Behaviour, problem: String?) async throws {
        try await StandIn.serving({ _ in .none }) { server in
            server.set { _ in behaviour }
            let stage = try AuthgearStage(
                server, timeout: .milliseconds(problem?.contains("time") == true ? 100 : 20_000))
            let endpoint = try #require(stage.endpoint)
            let words = await endpoint.probe()
            await endpoint.shutdown()
            #expect(words == problem.map { "Authgear at http://127.0.0.1:\(server.port)/resolve: \($0)" })
        }
    }

    @Test(.enabled(if: CertificateAuthority.isAvailable, "the openssl command mints the certificates"))
    func `TLS is spoken with the server that the certificates vouch for, and with no other`() async throws {
        let (authority, other) = (try CertificateAuthority(), try CertificateAuthority())
        let context = try authority.issue("server", for: "DNS:localhost").serverContext()
        try await StandIn.serving(tls: context, { _ in .valid("e307") }) { server in
            for (host, file, reply, problem) in [
                ("localhost", authority.certificate, "valid e307", nil),
                ("localhost", other.certificate, "unreachable", "the server's certificate is not trusted"),
                ("127.0.0.1", authority.certificate, "unreachable", "the server's certificate is for another host"),
                ("localhost", "/none.pem", "unreachable", "there are no certificates to trust: /none.pem"),
            ] as [(String, String, String, String?)] {
                let asked = server.questions.count
                // The project's host is another than the server's.
                let stage = try AuthgearStage(
                    url: "https://\(host):\(server.port)/resolve", host: "auth.example.com", trusting: file)
                try await stage.run { client in
                    #expect(await client.reply(to: .bearer("hunter2")) == reply)
                    let status = try await client.status()
                    #expect(problem.map { status?.contains($0) ?? false } ?? (status == nil), "\(status ?? "")")
                }
                #expect(server.questions.count == asked + (problem == nil ? 1 : 0))
            }
        }
    }

    @Test func `no credential and no answer is ever in a log or in words`() async throws {
        let behaviours: [StandIn.Behaviour] = [
            .answer(500, [], "hunter2"), .answer(404, [("x", "hunter2")]), .close(""), .send("hunter2\r\n\r\n"),
            .answer(302, [("Location", "/hunter2")]), .answer(200, [("x-authgear-user-id", "hunter2\u{1}")]),
            .answer(200, [("x-authgear-session-valid", "hunter2")]), .answer(200, [], "hunter2"),
        ]
        for behaviour in behaviours {
            try await StandIn.serving({ _ in behaviour }) { server in
                let stage = try AuthgearStage(server)
                var words: [String?] = []
                try await stage.run { client in
                    _ = await client.reply(to: .bearer("hunter2", agent: "hunter2", address: "hunter2"))
                    _ = await client.reply(to: .cookie("session", "a.hunter2"))
                    words = [try await client.status()]
                }
                #expect(server.questions.contains { $0.contains("hunter2") })
                #expect(!(stage.log + words.compactMap { $0 }).contains { $0.contains("hunter2") })
            }
        }
    }
}
