import Testing

extension IntegrationTests {
    /// A hostile request gets its status and a closed connection, and costs nobody else anything.
    @Suite struct HostileRequestTests {
        @Test(arguments: HostileRequest.all)
        func `it gets its status, nothing else, and a closed connection`(_ request: HostileRequest) throws {
            let resolver = try ListenerStage.shared.get()
            let neighbour = try HTTPConnection(to: resolver.ipv4)
            let connection = try HTTPConnection(to: resolver.ipv4)
            try connection.send(request.bytes)
            let response = try connection.response()
            #expect(response.status == request.status)
            #expect(response["content-length"] == "0")
            #expect(response["connection"]?.lowercased() == "close")
            #expect(response.identity == [])
            #expect(try connection.rest() == "")
            #expect(try neighbour.get("/resolve").status == 200)
        }

        @Test func `after a hostile request the next on its connection is not answered`() throws {
            let connection = try HTTPConnection(to: ListenerStage.shared.get().unix)
            let smuggled = "GET /resolve HTTP/1.1\r\nHost: a\r\n\r\n"
            try connection.send("GET /resolve HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n" + smuggled)
            #expect(try connection.response().status == 400)
            #expect(try connection.rest() == "")
        }

        @Test func `a request that does not end is timed out`() throws {
            let connection = try HTTPConnection(to: ListenerStage.impatient.get().ipv4)
            try connection.send("GET /resolve HTTP/1.1\r\nHost: a\r\n")
            let response = try connection.response()
            #expect(response.status == 408)
            #expect(response["content-length"] == "0")
            #expect(try connection.rest() == "")
        }

        @Test func `a body that does not come is timed out`() throws {
            let connection = try HTTPConnection(to: ListenerStage.impatient.get().ipv4)
            try connection.send("POST /resolve HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel")
            let response = try connection.response()
            #expect(response.status == 408)
            #expect(response["content-length"] == "0")
            #expect(try connection.rest() == "")
        }

        @Test func `a connection that says nothing is closed without a word`() throws {
            let connection = try HTTPConnection(to: ListenerStage.impatient.get().ipv4)
            #expect(try connection.get("/resolve").status == 200)
            #expect(try connection.rest() == "")
        }

        @Test func `one connection too many is refused, and not queued`() throws {
            let resolver = try ListenerStage.small.get()
            _ = try eventually("all places to be free") { try resolver.metric("connections") == 0 ? true : nil }
            let places = try (0..<2).map { _ in try HTTPConnection(to: resolver.ipv4) }
            for place in places { #expect(try place.get("/resolve").status == 200) }
            let refused = try HTTPConnection(to: resolver.ipv4)
            #expect(try refused.rest() == "")
            for place in places { #expect(try place.get("/resolve").status == 200) }
            #expect(try resolver.metric("connections_refused_total") >= 1)
        }
    }
}
