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
        _ server: StandIn, method: ClientCredentials.Method = .basic, timeout: Duration = .seconds(3_600),
        _ change: (inout ClaimsEndpoint.Settings) -> Void = { _ in }
    ) throws -> ClaimsEndpoint {
        var settings = ClaimsEndpoint.Settings(
            issuer: "http://127.0.0.1:\(server.port)",
            endpoint: try FetchURL("http://127.0.0.1:\(server.port)/introspect?key=hunter2"),
            asking: .form(ClientCredentials(id: "the client", secret: "s+cr%t", method: method)))
        settings.timeout = timeout
        change(&settings)
        return ClaimsEndpoint(
            settings, group: MultiThreadedEventLoopGroup.singleton, clock: { Timestamp(seconds: 1_800_000_000) })
    }

    private static func question(_ token: String = "a token&") -> ClaimsQuestion {
        let token = Array(token.utf8)
        return ClaimsQuestion(
            about: token, digest: SHA256Digest(of: token.span.bytes), of: AskedServer(.introspection, of: 1))
    }

    /// Asks once, and gives the reply in words.
    private static func ask(
        _ server: StandIn, timeout: Duration = .seconds(3_600),
        _ change: (inout ClaimsEndpoint.Settings) -> Void = { _ in }
    ) async throws -> (reply: String, trouble: String?) {
        let endpoint = try endpoint(server, timeout: timeout, change)
        let (reply, trouble) = await endpoint.askOnce(question())
        await endpoint.shutdown()
        return (reply.words, trouble)
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
            #expect((await endpoint.askOnce(Self.question()).reply).words == "active")
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

    /// For Ed25519 and RSA, as `openssl genpkey` writes them.
    static let keys = [
        """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIFpJfq2MKMhqRyqj8gij8TiXY/XbsjLXRzRWIb4HTIfQ
        -----END PRIVATE KEY-----
        """,
        """
        -----BEGIN PRIVATE KEY-----
        MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCY0BEzXQ9uibxm
        7yzbgk4QfxA607mTixlkRCLTnazMGj2m2+cBArN2I14au3PNPKcO+hy4kotssBU+
        nqVBr+wMeh1buqKFFDAJgCJE6mqmJ1CnzeuDaveRbJctmSzYuowNR6eeC0CJKJ9a
        MyT/G0rTj7yZKcneXVmPFGPI3sMhqUA/kusvl+9AsX2OukhGMKsdSRFjH9AzjMX6
        KoAysu24jakhueCLrd9BPJHKpr0LfGJkw00NT6odsJiKPrKbSEi+M0vo6gnobsGC
        ViaV/IO9kQEXcsRvcyAayU0vgSOT3Q2ZHdvpC4XKki9hy4F23xCexi/R115BeWdW
        k09LoF+nAgMBAAECggEAPhdE9e7ZJ1v13olOW77dg1xttslyvR2m6pO45u1JWgFL
        jbIKceGsE9OZGBmUmw8K/k3oP6Lj3fzKFRCXK1KVAhjYNv5lrNcgEawrwH7TaMHO
        xvAnwtVC1Kcf4lo727Ao2fiEhfYiedi0rwza+oEXbVEZG87cBGs/yaBKT0McXF9s
        s56/phhhGFoGk0Yls90mUVUGDeF/QqQHI2shfvHhGtm3seqEzpYm46mcuAhRCGFS
        q2w2s2OlMkSJk4cIgDAuIFqyryoGzt3PLKfhX+8MkiFoRv1N5FdVaaMVWd6+DZvR
        qAJ+AbuXVFxBxJ15ORo1iQ1InZYDfNdcBQTQO1PaKQKBgQDXnwRcSQncRTyD5Ocs
        NyAHIsGDlhdRLDLB1ork4MPvbvSh3x+7QospBAS080kZDV70F3VBElZJ222W3OE2
        37FhmtYOJKChkg98o03RQqKgCMjvr3dyzbgXvoe0ac348jKml2XKhEGbosam4fNr
        bvGpUkNYUxjMA+CoFna1XtRg9QKBgQC1bfwwWkEO1O8lM00u3OcbrqpcaEIjS2ww
        HfLowbd2/RNMWMw+orwLPAzWlhRiblI83xOiLViQZRWuFiW29bxHB0jeprzFUipC
        ZWQzS5k4COaKA6sEjbGYMH2OiMSimJKJ9p0ozPSqaISENoTc5FVvfyqytIa+luYP
        kXkZyMOsqwKBgFrddlb1qKQcwU3LzufBK0wWh3pOa/EXMSSiptGhLrDeD1WP0610
        c3SLbvhadfmKuvMeV5leguKJB/vFhVs8lWHOgFphcRfll4UsxIRlEmdijFsFlM7a
        hrPq5QFQfS5l0paFwq2/Ym6WACUfnxctH8X9FshH7HE9SRVMsiXompNpAoGBAJl5
        i78fai9ww0g1yJHe/oV1UNnQvDn9IGznuMdar6cxWHTaHRTTNr1ONBIGbQIDDwA9
        OO+U6nljeV6Fj6vg3j87k1H9vGwzIFqASK33woobRWH0zmOQtW3nfx7m5WgiJrwc
        aT/NeR76QTdSozv0z6z85xK7Ec0B+2WqCsZcBeL3AoGBAJqy8U4r56sbgrHhkCgC
        lgUoxkKVIuoclPavLk8OcfKJtIhwNRiGAQje4OIdXCuQNaUzuh6+JCv4eH27d7s6
        mvQ/zbq2DbQOrEUqucW4W8wA8wnRGRuy8F0urpifsHyR0mNXeNvj2XBXRjPHwIV2
        WWTJdkxzr7TfyW4PRPwb8Qmd
        -----END PRIVATE KEY-----
        """,
    ]

    @Test(arguments: keys) func `a client shows by its key who it is, each time anew`(pem: String) async throws {
        let key = try SigningKey(pem: Array(pem.utf8).span.bytes, takesRSA: true)
        try await StandIn.serving({ _ in Self.active }) { server in
            let client = ClientCredentials(id: "the \"client\"", secret: pem, method: .privateKey)
            let endpoint = try Self.endpoint(server) { settings in
                (settings.issuer, settings.manner) = ("https://id.example/", .form(client))
            }
            for _ in 0..<2 { #expect((await endpoint.askOnce(Self.question()).reply).words == "active") }
            await endpoint.shutdown()
            let assertions = server.heads.compactMap { request -> String? in
                let form =
                    request.split(separator: "\r\n\r\n").last?.split(separator: "&").map(String.init) ?? []
                #expect(form.prefix(2) == ["token=a%20token%26", "token_type_hint=access_token"])
                #expect(form.contains("client_id=the%20%22client%22"))
                #expect(
                    form.contains(
                        "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"))
                #expect(!request.lowercased().contains("authorization:"))
                return form.first { $0.hasPrefix("client_assertion=") }.map { String($0.dropFirst(17)) }
            }
            #expect(Set(assertions).count == 2)
            for assertion in assertions {
                let token = Array(assertion.utf8)
                let keys = try KeySet(jwks: key.publicJWKS.span.bytes)
                try TokenVerifier.verifySignature(of: token.span.bytes, with: keys, maximumTokenBytes: 4_096)
                let facts = TokenFacts(token.span.bytes)
                #expect(facts.header["kid"].map { String(decoding: $0, as: UTF8.self) } == "\"\(key.kid ?? "")\"")
                let claims = facts.payload.mapValues { String(decoding: $0, as: UTF8.self) }
                #expect(claims["iss"] == #""the \"client\"""# && claims["sub"] == claims["iss"])
                #expect(claims["aud"] == #""https://id.example/""#)
                #expect(claims["iat"] == "1800000000" && claims["exp"] == "1800000060")
                #expect(claims["jti"]?.count ?? 0 > 20)
            }
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
            // A redirect is not followed, and nothing is asked again.
            #expect(server.heads.count == 1)
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
            for _ in 0..<2 { #expect((await endpoint.askOnce(Self.question()).reply).words == "inactive") }
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
            #expect((await endpoint.askOnce(nil).reply).words == "active")
            #expect(server.heads[0].hasSuffix("\r\n\r\ngrant_type=client_credentials"))
            server.set { request in request.hasPrefix("POST /token ") ? .answer(401) : Self.inactive }
            let (reply, trouble) = await endpoint.askOnce(nil)
            #expect(reply.words == "refused")
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
                        replies.withLockedValue { $0.append(reply.words) }
                    }
                }
                let stranger = Array("x".utf8)
                let other = await withCheckedContinuation { continuation in
                    clients.ask(
                        ClaimsQuestion(
                            about: stranger, digest: SHA256Digest(of: stranger.span.bytes),
                            of: AskedServer(.introspection, of: 2))
                    ) { continuation.resume(returning: $0.words) }
                }
                #expect(other == "unreachable")
                try await waitUntil { server.heads.count >= 3 }
                #expect(server.connections == 3)
                #expect(server.heads.count == 3)
                // Another endpoint takes its place: all are asked there, and nobody here.
                try await StandIn.serving({ _ in Self.inactive }) { next in
                    try await clients.add([AskedServer(.introspection, of: 1): Self.endpoint(next)])
                    try await waitUntil { replies.withLockedValue({ $0.count }) == 5 }
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
