import Authentication
import Fixtures
import NIOConcurrencyHelpers
import Questions
import Testing

/// What a question looks like on the wire.
@Suite(.timeLimit(.minutes(5))) struct AuthgearRequestTests {
    /// A request's lines but the first, the names in lower case, in order of the alphabet.
    private func lines(_ head: String) -> [String] {
        head.split(separator: "\r\n").dropFirst()
            .map { line in
                let parts = line.split(separator: ": ", maxSplits: 1).map(String.init)
                return "\(parts[0].lowercased()): \(parts.count > 1 ? parts[1] : "")"
            }
            .sorted()
    }

    @Test func `a question holds one credential and what the client said of itself, and nothing else`() async throws {
        try await StandIn.serving({ _ in .valid("e307") }) { server in
            let stage = try AuthgearStage(url: "http://127.0.0.1:\(server.port)/resolve?a=b", host: "auth.example.com")
            try await stage.run { client in
                let bearer = AuthgearQuestion.bearer("t0ken", agent: "Mozilla/5.0 (X11)", address: "203.0.113.7")
                #expect(await client.reply(to: bearer) == "valid e307")
                #expect(await client.reply(to: .cookie("p_session", "a8c1.secret")) == "valid e307")
            }
            let common = [
                "host: auth.example.com", "x-forwarded-host: auth.example.com", "x-forwarded-proto: https",
            ]
            #expect(server.questions.count == 2)
            #expect(server.questions.allSatisfy { $0.hasPrefix("GET /resolve?a=b HTTP/1.1\r\n") })
            let client = [
                "authorization: Bearer t0ken", "user-agent: Mozilla/5.0 (X11)", "x-forwarded-for: 203.0.113.7",
            ]
            #expect(server.questions.first.map(lines) == (common + client).sorted())
            #expect(server.questions.last.map(lines) == (common + ["cookie: p_session=a8c1.secret"]).sorted())
        }
    }

    @Test func `whether it is there is asked once, without a credential`() async throws {
        try await StandIn.serving({ _ in .valid("e307") }) { server in
            let stage = try AuthgearStage(server)
            try await stage.run { client in
                _ = await client.reply(to: .bearer("a"))
                try await waitUntil { server.heads.count >= 2 }
            }
            #expect(server.heads.count == 2 && server.questions.count == 1)
            let probe = try #require(server.heads.first { !StandIn.hasCredential($0) })
            #expect(lines(probe).contains("user-agent: authgear-resolver"))
            #expect(lines(probe).contains("x-forwarded-proto: https"))
        }
    }

    @Test(arguments: [String(repeating: "x", count: 1_025), "a\r\nCookie: session=b", "a\tb", "\u{E9}", ""])
    func `what a client says of itself is left out when it can't be passed on`(value: String) async throws {
        try await StandIn.serving({ _ in .valid("e307") }) { server in
            let stage = try AuthgearStage(server)
            try await stage.run { client in
                #expect(await client.reply(to: .bearer("a", agent: value, address: value)) == "valid e307")
            }
            let head = try #require(server.questions.first)
            #expect(!lines(head).contains { $0.hasPrefix("user-agent") || $0.hasPrefix("x-forwarded-for") })
            #expect(!head.lowercased().contains("cookie"))
        }
    }

    @Test func `connections are kept, and there are no more than configured`() async throws {
        try await StandIn.serving({ _ in .valid("e307") }) { server in
            let stage = try AuthgearStage(server, connections: 3)
            try await stage.run { client in
                await withTaskGroup(of: String.self) { group in
                    for number in 0..<60 { group.addTask { await client.reply(to: .bearer("\(number)")) } }
                    for await reply in group { #expect(reply == "valid e307") }
                }
            }
            #expect(server.questions.count == 60)
            #expect(server.connections <= 3)
        }
    }

    /// What is answered to questions one after another, how many are sent for the last one, and what comes of it.
    static let endings: [(script: [StandIn.Behaviour], sent: Int, reply: String)] = [
        ([.valid("a"), .close(""), .valid("b")], 2, "valid b"), ([.close(""), .valid("b")], 1, "unreachable"),
        ([.valid("a"), .close(""), .close(""), .valid("b")], 2, "unreachable"),
        ([.valid("a"), .close("HTTP/1.1 200"), .valid("b")], 1, "unreachable"),
        ([.valid("a"), .close("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"), .valid("b")], 1, "unreachable"),
    ]

    @Test(arguments: endings) func `a question is sent once more when a kept connection ended before an answer`(
        row: (script: [StandIn.Behaviour], sent: Int, reply: String)
    ) async throws {
        let rest = NIOLockedValueBox(row.script[...])
        try await StandIn.serving({ _ in rest.withLockedValue { $0.popFirst() ?? .silence } }) { server in
            let endpoint = try #require(try AuthgearStage(server).endpoint)
            if case .send = row.script[0] {
                #expect(await endpoint.askOnce(.bearer("a")).reply.words == "valid a")
            }
            let before = server.questions.count
            #expect(await endpoint.askOnce(.bearer("b")).reply.words == row.reply)
            #expect(server.questions.count - before == row.sent)
            await endpoint.shutdown()
        }
    }

    @Test(arguments: [
        ([("X-Padding", 60_000)], "valid a"), ([("X-Padding", 70_000)], "refused"),
        ((0..<200).map { ("X-Padding-\($0)", 400) }, "refused"),
    ])
    func `a head has the bound of a body`(padding: [(String, Int)], reply: String) async throws {
        let fields = [("X-Authgear-Session-Valid", "true"), ("X-Authgear-User-Id", "a")]
        let answer = StandIn.Behaviour.answer(
            200, fields + padding.map { ($0.0, String(repeating: "x", count: $0.1)) })
        try await StandIn.serving({ _ in answer }) { server in
            let endpoint = try #require(try AuthgearStage(server).endpoint)
            let asked = await endpoint.askOnce(.bearer("a"))
            #expect(asked.reply.words == reply)
            #expect((asked.trouble ?? "").contains("too large") == (reply == "refused"))
            await endpoint.shutdown()
        }
    }
}
