import Authentication
import Bytes
import Fixtures
import JOSE
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Questions
import Telemetry
import Testing

/// How an introspection endpoint is asked over HTTP, and what becomes of what it does (contract section 19).
struct IntrospectionEndpointTests {
    private static let active = StandIn.Behaviour.answer(200, [], #"{"active":true,"sub":"u1"}"#)
    private static let inactive = StandIn.Behaviour.answer(200, [], #"{"active":false}"#)

    private static func endpoint(
        _ server: StandIn, method: ClientCredentials.Method = .basic, timeout: Duration = .seconds(20),
        _ change: (inout ClaimsEndpoint.Settings) -> Void = { _ in }
    ) throws -> ClaimsEndpoint {
        var settings = ClaimsEndpoint.Settings(
            issuer: "http://127.0.0.1:\(server.port)",
            endpoint: try FetchURL("http://127.0.0.1:\(server.port)/introspect?key=hunter2"),
            asking: .form(ClientCredentials(id: "the client", secret: "s+cr%t", method: method)))
        settings.timeout = timeout
        change(&settings)
        return ClaimsEndpoint(settings, group: MultiThreadedEventLoopGroup.singleton)
    }

    private static func question(_ token: String = "a token&") -> ClaimsQuestion {
        let token = Array(token.utf8)
        return ClaimsQuestion(
            about: token, digest: SHA256Digest(of: token.span.bytes), of: AskedServer(.introspection, of: 1))
    }

    private static func words(_ reply: ClaimsReply) -> String {
        switch reply {
        case .active: "active"
        case .inactive: "inactive"
        case .unknown(let failure): "\(failure)"
        }
    }

    /// Asks once, and gives the reply in words.
    private static func ask(
        _ server: StandIn, timeout: Duration = .seconds(20),
        _ change: (inout ClaimsEndpoint.Settings) -> Void = { _ in }
    ) async throws -> (reply: String, trouble: String?) {
        let endpoint = try endpoint(server, timeout: timeout, change)
        let (reply, trouble) = await endpoint.askOnce(question())
        await endpoint.shutdown()
        return (words(reply), trouble)
    }

    static let methods: [(ClientCredentials.Method, String?, String)] = [
        (.basic, "authorization: Basic dGhlJTIwY2xpZW50OnMlMkJjciUyNXQ=", ""),
        (.bearer, "authorization: Bearer s+cr%t", ""),
        (.post, nil, "&client_id=the%20client&client_secret=s%2Bcr%25t"),
    ]

    @Test(arguments: methods)
    func `a question is the post of a form, with the client's credentials`(
        method: ClientCredentials.Method, field: String?, more: String
    ) async throws {
        try await StandIn.serving({ _ in Self.active }) { server in
            let endpoint = try Self.endpoint(server, method: method)
            #expect(Self.words(await endpoint.askOnce(Self.question()).reply) == "active")
            await endpoint.shutdown()
            let request = try #require(server.heads.first)
            #expect(request.hasPrefix("POST /introspect?key=hunter2 HTTP/1.1\r\n"))
            #expect(request.hasSuffix("\r\n\r\ntoken=a%20token%26&token_type_hint=access_token\(more)"))
            #expect(request.contains("\r\ncontent-type: application/x-www-form-urlencoded\r\n"))
            #expect(request.contains("\r\naccept: application/json\r\n"))
            #expect(request.contains("\r\nauthorization: ") == (field != nil))
            #expect(field.map { request.contains("\r\n\($0)\r\n") } ?? true)
        }
    }

    static let answers: [(StandIn.Behaviour, String)] = [
        (active, "active"), (inactive, "inactive"),
        (.answer(429), "overloaded"), (.answer(503), "overloaded"),
        (.answer(400), "refused"), (.answer(401), "refused"), (.answer(403), "refused"), (.answer(404), "refused"),
        (.answer(500), "refused"), (.answer(204), "refused"),
        (.answer(302, [("Location", "/elsewhere")]), "refused"),
        (.answer(307, [("Location", "/elsewhere")]), "refused"),
        (.answer(200, [], "<html>active</html>"), "unreadable"), (.answer(200), "unreadable"),
        (.answer(200, [], #"{"active":"true"}"#), "unreadable"),
        (.send("SSH-2.0\r\n\r\n"), "unreadable"),
        (.flood("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n", 100_000_000), "unreadable"),
        (.flood("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", 100_000_000), "unreadable"),
        (.close(""), "unreachable"),
    ]

    @Test(arguments: answers) func `what is answered is read, or is a failure of its kind`(
        behaviour: StandIn.Behaviour, reply: String
    ) async throws {
        try await StandIn.serving({ _ in behaviour }) { server in
            let asked = try await Self.ask(server)
            #expect(asked.reply == reply)
            #expect(asked.trouble?.contains("hunter2") != true)
            // A redirect is not followed, and nothing is asked again but what was closed before an answer.
            #expect(server.heads.count == (reply == "unreachable" ? 2 : 1))
            #expect(server.flooded < 10_000_000)
        }
    }

    @Test func `one that is silent, or drips, is too late`() async throws {
        for behaviour in [
            StandIn.Behaviour.silence, .drip("HTTP/1.1 200 OK\r\n" + String(repeating: "a", count: 9_999)),
        ] {
            try await StandIn.serving({ _ in behaviour }) { server in
                let reply = try await Self.ask(server, timeout: .milliseconds(100)).reply
                #expect(reply == "timedOut")
            }
        }
    }

    @Test func `one that is not there can't be reached`() async throws {
        try await StandIn.serving({ _ in Self.active }) { server in
            let port = try FreePort.take()
            let reply = try await Self.ask(server) { settings in
                settings.endpoint = try? FetchURL("http://127.0.0.1:\(port)/")
            }.reply
            #expect(reply == "unreachable")
        }
    }

    @Test func `discovery finds it, once`() async throws {
        try await StandIn.serving({ _ in Self.inactive }) { server in
            let issuer = "http://127.0.0.1:\(server.port)"
            server.set { head in
                guard head.hasPrefix("GET /.well-known/openid-configuration ") else { return Self.inactive }
                return .answer(200, [], #"{"issuer":"\#(issuer)","introspection_endpoint":"\#(issuer)/found"}"#)
            }
            let endpoint = try Self.endpoint(server) { $0.endpoint = nil }
            for _ in 0..<2 { #expect(Self.words(await endpoint.askOnce(Self.question()).reply) == "inactive") }
            await endpoint.shutdown()
            #expect(
                server.heads.map { $0.prefix { $0 != "\r\n" } }.map { $0.split(separator: " ")[1] } == [
                    "/.well-known/openid-configuration", "/found", "/found",
                ])
        }
    }

    @Test(arguments: [
        #"{"issuer":"http://other","introspection_endpoint":"http://127.0.0.1/i"}"#,
        #"{"issuer":"ISSUER"}"#, #"{"issuer":"ISSUER","introspection_endpoint":"http://id.example/i"}"#,
        #"{"issuer":"ISSUER","introspection_endpoint":7}"#, "<html>",
    ]) func `what leads nowhere is refused`(document: String) async throws {
        try await StandIn.serving({ _ in Self.inactive }) { server in
            let text = document.replacing("ISSUER", with: "http://127.0.0.1:\(server.port)")
            server.set { _ in .answer(200, [], text) }
            let reply = try await Self.ask(server) { $0.endpoint = nil }.reply
            #expect(reply == "refused")
            #expect(server.heads.count == 1)
        }
    }

    @Test func `a probe gets a token by client credentials, and asks about that`() async throws {
        try await StandIn.serving({ _ in Self.active }) { server in
            server.set { request in
                guard request.hasPrefix("POST /token ") else {
                    return request.contains("token=own") ? Self.active : Self.inactive
                }
                return .answer(200, [], #"{"access_token":"own","token_type":"Bearer"}"#)
            }
            let endpoint = try Self.endpoint(server) { settings in
                settings.tokenEndpoint = try? FetchURL("http://127.0.0.1:\(server.port)/token")
            }
            #expect(Self.words(await endpoint.askOnce(nil).reply) == "active")
            #expect(server.heads[0].hasSuffix("\r\n\r\ngrant_type=client_credentials"))
            server.set { request in request.hasPrefix("POST /token ") ? .answer(401) : Self.inactive }
            let (reply, trouble) = await endpoint.askOnce(nil)
            #expect(Self.words(reply) == "refused")
            #expect(trouble?.contains("no token of our own") == true)
            await endpoint.shutdown()
        }
    }

    @Test func `clients ask each issuer at most so often at once, and others not at all`() async throws {
        try await StandIn.serving({ _ in .silence }) { server in
            let endpoint = try Self.endpoint(server) { $0.connections = 3 }
            let clients = ClaimsClients(
                [AskedServer(.introspection, of: 1): endpoint], on: MultiThreadedEventLoopGroup.singleton.next(),
                log: LimitedLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await clients.run() }
                let replies = NIOLockedValueBox<[String]>([])
                for token in ["a", "b", "c", "d", "a"] {
                    clients.ask(Self.question(token)) { reply in
                        replies.withLockedValue { $0.append(Self.words(reply)) }
                    }
                }
                let stranger = Array("x".utf8)
                let other = await withCheckedContinuation { continuation in
                    clients.ask(
                        ClaimsQuestion(
                            about: stranger, digest: SHA256Digest(of: stranger.span.bytes),
                            of: AskedServer(.introspection, of: 2))
                    ) { continuation.resume(returning: Self.words($0)) }
                }
                #expect(other == "unreachable")
                while server.heads.count < 3 { await Task.yield() }
                #expect(server.connections == 3)
                #expect(server.heads.count == 3)
                // Another endpoint takes its place: all are asked there, and nobody here.
                try await StandIn.serving({ _ in Self.inactive }) { next in
                    try await clients.add([AskedServer(.introspection, of: 1): Self.endpoint(next)])
                    while replies.withLockedValue({ $0.count }) < 5 { await Task.yield() }
                    #expect(replies.withLockedValue(\.self) == Array(repeating: "inactive", count: 5))
                    #expect(next.heads.count == 4)
                    try await clients.keep([])
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    @Test func `no secret is in what is printed of an endpoint's settings`() throws {
        let client = ClientCredentials(id: "me", secret: "hunter2")
        #expect(!"\(client)".contains("hunter2"))
        #expect(!String(reflecting: client).contains("hunter2"))
        var dumped = ""
        dump(client, to: &dumped)
        #expect(!dumped.contains("hunter2"))
        dump(Self.question("hunter2"), to: &dumped)
        #expect(!dumped.contains("hunter2"))
    }
}
