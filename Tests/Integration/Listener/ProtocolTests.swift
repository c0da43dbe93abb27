import Testing

extension IntegrationTests {
    /// What a gateway may rely on, asked directly (contract section 1, RFC 9112).
    @Suite struct ProtocolTests {
        let resolver: ResolverServer

        init() throws { resolver = try ListenerStage.shared.get() }

        @Test func `it listens on IPv4, IPv6 and a Unix socket at once`() throws {
            for address in [resolver.ipv4, resolver.ipv6, resolver.unix] {
                let response = try HTTPConnection.get(address, "/resolve", "Authorization: Bearer \(Mint.token())")
                #expect(response.identity == Mint.identity)
            }
        }

        @Test(arguments: [
            ("/resolve", 200), ("/_resolver/resolve", 200), ("/require", 401), ("/_resolver/require", 401),
            ("/resolve/", 200), ("/resolve/a/b", 200), ("/_resolver/resolve/a", 200), ("/require/a", 401),
            ("/_resolver/require/a?b", 401), ("/resolve?a=b", 200), ("/require?", 401),
            ("/", 404), ("/resolver", 404), ("/resolv", 404), ("/Resolve", 404), ("/x/resolve", 404),
            ("/_resolver", 404), ("/_resolver/", 404), ("/healthz", 404), ("/metrics", 404),
        ])
        func `each path has its answer, and the connection stays`(_ path: String, _ status: Int) throws {
            let connection = try HTTPConnection(to: resolver.unix)
            for _ in 0..<2 {
                let response = try connection.get(path)
                #expect(response.status == status)
                #expect(response["content-length"] == "0")
                #expect(response.identity == [])
                #expect(response["www-authenticate"] == (status == 401 ? "Bearer" : nil))
            }
        }

        @Test(arguments: ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "X-OWN"])
        func `any method will do`(_ method: String) throws {
            let response = try HTTPConnection.ask(resolver.ipv4, "\(method) /require HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(response.status == 401)
        }

        @Test func `HEAD has the same head as GET`() throws {
            let connection = try HTTPConnection(to: resolver.ipv4)
            let field = "Authorization: Bearer \(try Mint.token())\r\n"
            try connection.send("HEAD /resolve HTTP/1.1\r\nHost: a\r\n\(field)\r\n")
            let response = try connection.response(toHEAD: true)
            #expect(response.status == 200)
            #expect(response.identity == Mint.identity)
            #expect(response["content-length"] == "0")
            #expect(try connection.get("/resolve").status == 200)
        }

        @Test func `pipelined requests are answered in their order`() throws {
            let connection = try HTTPConnection(to: resolver.ipv4)
            let paths = ["/resolve", "/require", "/nowhere", "/require", "/resolve"]
            for _ in 0..<20 {
                try connection.send(paths.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
                #expect(try paths.map { _ in try connection.response().status } == [200, 401, 404, 401, 200])
            }
        }

        @Test func `a request may come byte by byte`() throws {
            let connection = try HTTPConnection(to: resolver.ipv4)
            for byte in Array("GET /require HTTP/1.1\r\nHost: a\r\n\r\nGET /resolve HTTP/1.1\r\nHost: a\r\n\r\n".utf8) {
                try connection.send([byte])
            }
            #expect(try connection.response().status == 401)
            #expect(try connection.response().status == 200)
        }

        @Test(arguments: [
            "Content-Length: 5\r\n\r\nhello", "Content-Length: 0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nTrailer: 1\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ])
        func `a body is drained, and the next request answered`(_ rest: String) throws {
            let connection = try HTTPConnection(to: resolver.ipv4)
            for _ in 0..<3 {
                try connection.send(
                    "POST /require HTTP/1.1\r\nHost: a\r\n\(rest)GET /resolve HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try connection.response().status == 401)
                #expect(try connection.response().status == 200)
            }
        }

        @Test func `a client that waits before its body is not left waiting`() throws {
            let connection = try HTTPConnection(to: resolver.ipv4)
            try connection.send(
                "POST /require HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            var response = try connection.response()
            if response.status == 100 {
                try connection.send("hello")
                response = try connection.response()
            }
            #expect(response.status == 401)
        }

        @Test func `Connection close is obeyed`() throws {
            let connection = try HTTPConnection(to: resolver.ipv4)
            let response = try connection.get("/resolve", "Connection: close")
            #expect(response["connection"] == "close")
            #expect(try connection.rest() == "")
        }

        @Test func `HTTP 1.0 closes`() throws {
            let connection = try HTTPConnection(to: resolver.ipv4)
            try connection.send("GET /require HTTP/1.0\r\n\r\n")
            let response = try connection.response()
            #expect(response.status == 401)
            #expect(response["content-length"] == "0")
            #expect(try connection.rest() == "")
        }

        @Test func `HTTP 1.0 with keep-alive does not`() throws {
            let connection = try HTTPConnection(to: resolver.ipv4)
            for _ in 0..<3 {
                try connection.send("GET /require HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
                let response = try connection.response()
                #expect(response.status == 401)
                #expect(response["connection"]?.lowercased() == "keep-alive")
            }
        }

        @Test func `a client that has sent all it wants still gets its answers`() throws {
            let connection = try HTTPConnection(to: resolver.ipv4)
            try connection.send("GET /resolve HTTP/1.1\r\nHost: a\r\n\r\nGET /require HTTP/1.1\r\nHost: a\r\n\r\n")
            connection.finish()
            #expect(try connection.response().status == 200)
            #expect(try connection.response().status == 401)
            #expect(try connection.rest() == "")
        }
    }
}
