import Fixtures
import Foundation
import NIOConcurrencyHelpers
import Testing

extension IntegrationTests {
    /// Servers that are asked about tokens, whose session a cookie names, and for what a token lacks (contract sections 19, 21 and 22),
    /// in all their moods, by the real program.
    @Suite struct AskedServerTests {
        enum Kind: String, CaseIterable {
            case introspection, cookie, userinfo

            func configuration(_ server: AuthorizationServer, _ more: String = "") throws -> String {
                switch self {
                case .introspection:
                    """
                    issuers:
                      - issuer: https://id.example
                        audiences: [api]
                        jwks_uri: none
                        introspection: { endpoint: "http://\(server.address)/me", client: { id: me, secret: s }\(more) }

                    """
                case .cookie:
                    """
                    cookies:
                      - { name: sid, ask: "http://\(server.address)/me", claims: { user_id: sub }\(more) }

                    """
                case .userinfo:
                    """
                    issuers:
                      - issuer: \(Mint.issuer)
                        audiences: ["\(Mint.audience)"]
                        jwks_uri: "\(try GatewayStage.shared.get().issuer.keysURL)"
                        headers: { x-user-email: email }
                        userinfo: { endpoint: "http://\(server.address)/me"\(more) }

                    """
                }
            }

            /// The field that presents the credential of a user.
            func field(_ user: String) throws -> String {
                switch self {
                case .introspection: "Authorization: Bearer \(user)"
                case .cookie: "Cookie: sid=\(user)"
                case .userinfo: "Authorization: Bearer \(try Mint.token(["sub": Mint.quote(user)]))"
                }
            }

            /// What the server says of whom it knows.
            @Sendable static func known(_ request: RequestReader.Request) -> String? {
                let user = user(of: request)
                guard user.hasPrefix("good") else { return stranger(request) }
                return AuthorizationServer.json(
                    #"{"active":true,"aud":"api","sub":"\#(user)","email":"\#(user)@b.example"}"#,
                    "Set-Cookie: sid=other\r\n")
            }

            /// What it says of others.
            @Sendable static func stranger(_ request: RequestReader.Request) -> String? {
                request.body.isEmpty
                    ? "401 Unauthorized\r\nContent-Length: 0\r\n\r\n" : AuthorizationServer.json(#"{"active":false}"#)
            }

            /// What it is called where questions are counted, and its credentials where refusals are.
            func labels(_ server: AuthorizationServer) -> (server: String, credential: String) {
                switch self {
                case .introspection: ("https://id.example", "access_token")
                case .cookie: ("http://\(server.address)/me", "cookie")
                case .userinfo: (Mint.issuer, "token")
                }
            }

            /// Whom a question is about.
            static func user(of request: RequestReader.Request) -> String {
                if let token = AuthorizationServer.token(of: request) { return token }
                if let line = request.head.split(separator: "\r\n").first(where: {
                    $0.lowercased().hasPrefix("cookie: sid=")
                }) {
                    return String(line.dropFirst("cookie: sid=".count))
                }
                guard let token = request.head.split(separator: "Bearer ").last?.split(separator: "\r\n").first,
                    token.split(separator: ".").count == 3,
                    let payload = Data(base64URL: token.split(separator: ".")[1]),
                    let claims = try? JSONSerialization.jsonObject(with: payload) as? [String: Any]
                else { return "" }
                return claims["sub"] as? String ?? ""
            }
        }

        @Test(arguments: Kind.allCases)
        func `who is known is valid, who is not is invalid, and each is asked about once`(
            kind: Kind
        ) throws {
            let server = try AuthorizationServer(Kind.known)
            let resolver = try ResolverServer(try kind.configuration(server))
            if kind == .userinfo { try resolver.becomeReady() }
            let good = try kind.field("good-1")
            for _ in 0..<3 {
                let answer = try HTTPConnection.get(resolver.ipv4, "/resolve", good)
                #expect(answer["x-authgear-user-id"] == "good-1")
                #expect(answer["x-user-email"] == (kind == .userinfo ? "good-1@b.example" : nil))
                #expect(answer["set-cookie"] == nil)
            }
            let bad = try kind.field("bad")
            for _ in 0..<3 {
                #expect(
                    Response.identity(try HTTPConnection.get(resolver.ipv4, "/resolve", bad).fields)
                        == ["session-valid: false"])
            }
            #expect(try HTTPConnection.get(resolver.ipv4, "/require", bad).status == 401)
            // Each worker may have asked once.
            #expect(Set(server.requests.map(Kind.user)) == ["good-1", "bad"])
            let line = kind == .introspection ? "POST /me HTTP/1.1\r\n" : "GET /me HTTP/1.1\r\n"
            #expect(server.requests.allSatisfy { $0.head.hasPrefix(line) })
            let page = try HTTPConnection.get(resolver.admin, "/metrics").body
            let labels = kind.labels(server)
            let name = #"authgear_resolver_questions_total{server="\#(labels.server)",purpose="\#(kind.rawValue)""#
            for result in ["valid", "invalid"] {
                #expect(page.contains(#"\#(name),result="\#(result)"} "#))
                #expect(!page.contains(#"\#(name),result="\#(result)"} 0"#))
            }
            #expect(!page.contains(#"credential="\#(labels.credential)",reason="inactive"} 0"#))
            resolver.process.signal(SIGTERM)
            #expect(try resolver.process.wait() == 0)
            let secret = try #require(good.split(separator: kind == .cookie ? "=" : " ").last)
            #expect(!page.contains(secret) && !resolver.process.output.contains(secret))
        }

        static let troubles: [(answer: String?, reason: String)] = [
            ("429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n", "ask_overloaded"),
            ("503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "ask_overloaded"),
            ("500 Oh\r\nContent-Length: 0\r\n\r\n", "ask_refused"),
            ("400 Bad Request\r\nContent-Length: 0\r\n\r\n", "ask_refused"),
            ("302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n", "ask_refused"),
            (AuthorizationServer.json("<html>Log in</html>"), "ask_unreadable"),
            ("200 OK\r\nContent-Length: 100000000\r\n\r\n", "ask_unreadable"),
            (nil, "ask_timed_out"),
        ]

        @Test(arguments: troubles, Kind.allCases) func `a server in trouble makes nobody a stranger`(
            row: (answer: String?, reason: String), kind: Kind
        ) throws {
            let server = try AuthorizationServer { _ in row.answer }
            let resolver = try ResolverServer(try kind.configuration(server))
            if kind == .userinfo { try resolver.becomeReady() }
            for path in ["/resolve", "/require"] {
                let response = try HTTPConnection.get(resolver.ipv4, path, try kind.field("good-\(path.count)"))
                #expect(response.status == 503)
                let said = response["x-authgear-resolver-error"]
                #expect(said == row.reason || path != "/resolve" && said == "ask_overloaded")
            }
        }

        @Test(arguments: Kind.allCases) func `a server that is away makes nobody a stranger`(kind: Kind) throws {
            let server = try AuthorizationServer(Kind.known)
            let resolver = try ResolverServer(try kind.configuration(server))
            if kind == .userinfo { try resolver.becomeReady() }
            server.stop()
            let answer = try HTTPConnection.get(resolver.ipv4, "/resolve", try kind.field("good-1"))
            #expect(answer["x-authgear-resolver-error"] == "ask_unreachable")
        }

        @Test(arguments: Kind.allCases)
        func `many who ask about one are one question, and about many no more than connections`(
            kind: Kind
        ) throws {
            // Nobody is answered before as many ask as may.
            let gate = DispatchSemaphore(value: 0)
            let server = try AuthorizationServer { request in
                gate.wait()
                return Kind.known(request)
            }
            let resolver = try ResolverServer(try kind.configuration(server, ", connections: 3, timeout: 20s"))
            if kind == .userinfo { try resolver.becomeReady() }
            let same = try kind.field("good-same")
            let clients = try (0..<40).map { number in
                let connection = try HTTPConnection(to: resolver.ipv4)
                let field = number < 20 ? same : try kind.field("good-\(number)")
                try connection.send("GET /resolve HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n")
                return connection
            }
            _ = try eventually("as many questions as may be asked at once") { server.requests.count == 3 ? true : nil }
            for _ in 0..<21 { gate.signal() }
            for client in clients { #expect(try client.response()["x-authgear-session-valid"] == "true") }
            #expect(server.peak == 3)
            #expect(server.requests.count { Kind.user(of: $0) == "good-same" } == 1)
            #expect(server.requests.count == 21)
        }

        @Test func `who was valid a moment ago goes first in a flood of made-up cookies`() throws {
            let isSlow = NIOLockedValueBox(false)
            let gate = DispatchSemaphore(value: 0)
            let server = try AuthorizationServer { request in
                if isSlow.withLockedValue(\.self) { gate.wait() }
                return Kind.known(request)
            }
            // What was valid is known where it was asked about: to one worker.
            let resolver = try ResolverServer(
                try Kind.cookie.configuration(server, ", connections: 2, timeout: 20s, max_age: 100ms")
                    + "limits: { decision_timeout: 30s }\nthreads: 1\n")
            let good = try Kind.cookie.field("good-1")
            #expect(try HTTPConnection.get(resolver.ipv4, "/resolve", good)["x-authgear-session-valid"] == "true")
            isSlow.withLockedValue { $0 = true }
            let flood = try (0..<30).map { number in
                let connection = try HTTPConnection(to: resolver.ipv4)
                try connection.send("GET /resolve HTTP/1.1\r\nHost: a\r\nCookie: sid=made-up-\(number)\r\n\r\n")
                return connection
            }
            _ = try eventually("the flood to be asked about") { server.requests.count == 3 ? true : nil }
            // Longer than max_age: what was said of the user is used no more.
            _ = poll(nil, 0, 150)
            let user = try HTTPConnection(to: resolver.ipv4)
            try user.send("GET /resolve HTTP/1.1\r\nHost: a\r\n\(good)\r\n\r\n")
            _ = try eventually("the user to be asked about") { () throws -> Bool? in
                gate.signal()
                return server.requests.count { Kind.user(of: $0) == "good-1" } == 2 ? true : nil
            }
            #expect(server.requests.count < 20)
            for _ in 0..<200 { gate.signal() }
            #expect(try user.response()["x-authgear-session-valid"] == "true")
            for client in flood { #expect(try client.response()["x-authgear-session-valid"] == "false") }
        }

        @Test(arguments: Kind.allCases) func `a reload with other terms ends what was remembered at once`(kind: Kind)
            throws
        {
            let isRevoked = NIOLockedValueBox(false)
            let server = try AuthorizationServer { request in
                isRevoked.withLockedValue(\.self) ? Kind.stranger(request) : Kind.known(request)
            }
            let resolver = try ResolverServer(try kind.configuration(server, ", max_age: 1h"))
            if kind == .userinfo { try resolver.becomeReady() }
            let good = try kind.field("good-1")
            #expect(try HTTPConnection.get(resolver.ipv4, "/resolve", good)["x-authgear-session-valid"] == "true")
            isRevoked.withLockedValue { $0 = true }
            try resolver.rewrite(try kind.configuration(server, ", max_age: 1m"))
            resolver.process.signal(SIGHUP)
            _ = try eventually("the credential to end") {
                try HTTPConnection.get(resolver.ipv4, "/resolve", good)["x-authgear-session-valid"] == "false"
                    ? true : nil
            }
        }
    }
}

extension Data {
    /// From base64url without padding.
    fileprivate init?(base64URL text: Substring) {
        let text = text.replacing("-", with: "+").replacing("_", with: "/")
        self.init(base64Encoded: text + String(repeating: "=", count: (4 - text.count % 4) % 4))
    }
}
