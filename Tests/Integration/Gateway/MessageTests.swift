import Testing

extension IntegrationTests {
    /// All kinds of requests pass through the gateway as they are, whatever it asks about them on the way.
    @Suite struct MessageTests {
        let stage: GatewayStage
        let cookie = "Cookie: session=\(Sessions.good.cookie)\r\n"

        init() throws { stage = try GatewayStage.shared.get() }

        @Test(arguments: ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "GET"])
        func `a body arrives`(_ method: String) throws {
            let arrived = try #require(
                try arrived(
                    "\(method) /a%20b?q=1&q=2 HTTP/1.1\r\nHost: test\r\n\(cookie)Content-Length: 5\r\n\r\nhello"))
            #expect(arrived.requestLine == "\(method) /a%20b?q=1&q=2 HTTP/1.1")
            #expect(arrived.body == "hello")
            #expect(Response.identity(arrived.fields) == Sessions.identity)
        }

        @Test func `a chunked body arrives`() throws {
            let head = "POST / HTTP/1.1\r\nHost: test\r\n\(cookie)Transfer-Encoding: chunked\r\n\r\n"
            let arrived = try #require(try arrived(head + "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"))
            #expect(arrived.body == "hello")
            #expect(Response.identity(arrived.fields) == Sessions.identity)
        }

        @Test func `a large body arrives`() throws {
            let body = String(repeating: "0123456789", count: 50_000)
            let head = "POST / HTTP/1.1\r\nHost: test\r\n\(cookie)Content-Length: \(body.utf8.count)\r\n\r\n"
            #expect(try #require(try arrived(head + body)).body == body)
        }

        @Test func `a client that expects 100-continue gets it`() throws {
            let connection = try HTTPConnection(to: stage.nginx.address)
            try connection.send(
                "POST / HTTP/1.1\r\nHost: test\r\n\(cookie)Content-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            #expect(try connection.response().status == 100)
            try connection.send("hello")
            #expect(try Arrived(connection.response())?.body == "hello")
        }

        @Test func `a body of somebody who is turned away does not disturb the next request`() throws {
            let connection = try HTTPConnection(to: stage.nginx.address)
            try connection.send("POST /account/ HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello")
            #expect(try connection.response().status == 401)
            try connection.send("GET /account/ HTTP/1.1\r\nHost: test\r\n\(cookie)\r\n")
            #expect(try Arrived(connection.response()) != nil)
        }

        @Test func `HEAD is answered without a body`() throws {
            let connection = try HTTPConnection(to: stage.nginx.address)
            try connection.send("HEAD / HTTP/1.1\r\nHost: test\r\n\(cookie)\r\n")
            let response = try connection.response(toHEAD: true)
            #expect(response.status == 200)
            #expect(response["x-backend"] == "yes")
            try connection.send("HEAD /account/ HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
            #expect(try connection.response(toHEAD: true).status == 401)
            #expect(try connection.rest() == "")
        }

        @Test func `HTTP 1.0 without keep-alive is answered and closed`() throws {
            let connection = try HTTPConnection(to: stage.nginx.address)
            try connection.send("GET / HTTP/1.0\r\n\(cookie)\r\n")
            let arrived = try #require(try Arrived(connection.response()))
            #expect(Response.identity(arrived.fields) == Sessions.identity)
            #expect(try connection.rest() == "")
        }

        @Test func `HTTP 1.0 with keep-alive is answered and kept`() throws {
            let connection = try HTTPConnection(to: stage.nginx.address)
            for _ in 0..<3 {
                try connection.send("GET /account/ HTTP/1.0\r\nConnection: keep-alive\r\n\(cookie)\r\n")
                #expect(try Arrived(connection.response()) != nil)
            }
        }

        @Test func `requests on one connection don't mix`() throws {
            let connection = try HTTPConnection(to: stage.nginx.address)
            let token = "Authorization: Bearer \(try Mint.token())\r\n"
            let requests = [cookie, "", token, "Cookie: session=a.b\r\n", cookie].map { fields in
                "GET / HTTP/1.1\r\nHost: test\r\n\(fields)\r\n"
            }
            try connection.send(requests.joined())
            let identities = try requests.map { _ in
                try Arrived(connection.response()).map { Response.identity($0.fields) }
            }
            #expect(identities == [Sessions.identity, [], Mint.identity, ["session-valid: false"], Sessions.identity])
        }

        @Test func `cookies and tokens as large as they may be arrive`() throws {
            let filler = String(repeating: "f", count: 30_000)
            let claims = ["filler": Mint.quote(String(repeating: "x", count: 11_200))]
            let token = try Mint.token(claims)
            #expect(token.utf8.count > 15_800 && token.utf8.count <= 16_384)
            let request =
                "GET /account/ HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer \(token)\r\nCookie: a=\(filler)\r\n\r\n"
            let arrived = try #require(try arrived(request))
            #expect(Response.identity(arrived.fields) == Mint.identity)
        }

        @Test func `a session among 60 KiB of cookies is found`() throws {
            let filler = String(repeating: "f", count: 30_000)
            let request =
                "GET /account/ HTTP/1.1\r\nHost: test\r\nCookie: a=\(filler)\r\nCookie: b=\(filler); session=\(Sessions.good.cookie)\r\n\r\n"
            let arrived = try #require(try arrived(request))
            #expect(Response.identity(arrived.fields) == Sessions.identity)
        }

        @Test func `more than the resolver takes is 431 and not 500`() throws {
            let filler = String(repeating: "f", count: 30_000)
            let cookies = String(repeating: "Cookie: a=\(filler)\r\n", count: 3)
            for path in ["/", "/account/"] {
                let response = try HTTPConnection.ask(
                    stage.nginx.address, "GET \(path) HTTP/1.1\r\nHost: test\r\n\(cookies)\r\n")
                #expect(response.status == 431)
            }
        }

        @Test func `a user who is revoked is out as soon as Redis has told it`() throws {
            let session = StoredSession(id: "torevoke", user: "u-good")
            try stage.redis.add(session)
            let connection = try HTTPConnection(to: stage.nginx.address)
            let field = "Cookie: session=\(session.cookie)"
            #expect(try connection.get("/account/", field).status == 200)
            try stage.redis.delete(RedisServer.key(session: session.id))
            // Long before `sessions.cache.max_age` (60s) would end it.
            _ = try eventually("the session to end") {
                try connection.get("/account/", field).status == 401 ? true : nil
            }
        }

        private func arrived(_ request: String) throws -> Arrived? {
            try Arrived(HTTPConnection.ask(stage.nginx.address, request))
        }
    }
}
