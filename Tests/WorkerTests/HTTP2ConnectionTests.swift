import Authentication
import Fixtures
import HTTP1
import Testing
import Worker

@Suite struct HTTP2ConnectionTests {
    @Test(arguments: [
        ("/resolve", 200, []), ("/_resolver/resolve/a/b?c", 200, []),
        ("/require", 401, ["www-authenticate: Bearer"]), ("/policy/none/require", 404, []), ("/", 404, []),
        ("/resolve/#", 400, []),
    ])
    func `an endpoint answers a stranger as over HTTP/1`(path: String, status: Int, fields: [String]) throws {
        let served = try HTTP2Gateway()
        let id = served.client.request(path)
        served.settle()
        let answer = served.client.answer(id)
        #expect(answer.status == status)
        #expect(answer.fields == fields)
        #expect(answer.isWhole)
        #expect(served.gateway.isOpen)
    }

    @Test func `many requests wait at once, and are answered as their records come`() throws {
        let served = try HTTP2Gateway()
        let ids = (0..<1_000).map { served.client.request("/require", [("cookie", "session=s\($0).x")]) }
        served.settle()
        #expect(served.gateway.queries.count == 1_000)
        for _ in ids { served.gateway.reply(.missing) }
        served.settle()
        for id in ids {
            #expect(served.client.answer(id).status == 401)
            #expect(served.client.answer(id).value("x-authgear-session-valid") == "false")
        }
        #expect(served.gateway.figures.answers(at: .require, outcome: .invalid) == 1_000)
    }

    @Test func `a reply finds nobody where the client has reset the request`() throws {
        let served = try HTTP2Gateway()
        let id = served.client.request("/require", [("cookie", "session=s.x")])
        served.settle()
        served.client.reset(id)
        let other = served.client.request("/require", [("cookie", "session=t.x")])
        served.settle()
        served.gateway.reply(.missing)
        served.settle()
        #expect(served.client.answer(other).status == 0)
        served.gateway.reply(.missing)
        served.settle()
        #expect(served.client.answer(other).status == 401)
    }

    @Test func `a request whose decision takes too long is unknown, and the others go on`() throws {
        var limits = ConnectionLimits.generous
        limits.decisionTimeout = .zero
        let served = try HTTP2Gateway(limits)
        let id = served.client.request("/require", [("cookie", "session=s.x")])
        served.settle()
        served.settle()
        #expect(served.client.answer(id).status == 503)
        #expect(served.client.answer(id).value("x-authgear-resolver-error") == "decision_timed_out")
        let other = served.client.request("/require")
        served.settle()
        #expect(served.client.answer(other).status == 401)
    }

    @Test func `a client that reads no answers is closed after its time`() throws {
        let served = try HTTP2Gateway(room: 4_096)
        for _ in 0..<1_000 { served.client.request("/require") }
        served.gateway.send(bytes: served.client.output())
        #expect(served.gateway.isOpen)
        served.gateway.sweep(ConnectionBounds(.generous).writeTimeout)
        #expect(!served.gateway.isOpen)
    }

    @Test func `who begins to speak HTTP/2 when the end has come is told so`() throws {
        let served = try HTTP2Gateway()
        let id = served.client.request()
        let bytes = served.client.output()
        served.gateway.send(bytes: Array(bytes.prefix(5)))
        served.gateway.end(idle: .seconds(1_000), within: .seconds(1_000))
        served.gateway.send(bytes: Array(bytes.dropFirst(5)))
        served.settle()
        #expect(served.client.answer(id).status == 200)
        #expect(served.client.goAways.map(\.last) == [.max])
    }

    @Test func `the preface may come byte by byte`() throws {
        let served = try HTTP2Gateway()
        let id = served.client.request()
        for byte in served.client.output() { served.gateway.send(bytes: [byte]) }
        served.settle()
        #expect(served.client.answer(id).status == 200)
    }

    @Test func `a preface behind a request is none`() throws {
        let served = try HTTP2Gateway()
        served.gateway.send(Stage.get())
        #expect(served.gateway.received() == Stage.none)
        served.gateway.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        #expect(served.gateway.received() == Stage.error("505 HTTP Version Not Supported"))
    }

    @Test func `at the end a client is told, its requests are answered, and the connection closes`() throws {
        let served = try HTTP2Gateway()
        let id = served.client.request("/require", [("cookie", "session=s.x")])
        served.settle()
        served.gateway.end(idle: .zero, within: .seconds(1_000))
        served.settle()
        #expect(served.client.goAways.map(\.last) == [.max, id])
        #expect(served.gateway.isOpen)
        served.gateway.reply(.missing)
        served.settle()
        #expect(served.client.answer(id).status == 401)
        #expect(served.gateway.isHalfClosed || !served.gateway.isOpen)
    }

    @Test func `a client that breaks the protocol is told so before the connection closes`() throws {
        let served = try HTTP2Gateway()
        served.client.request()
        served.settle()
        served.gateway.send(bytes: [0, 0, 1, 6, 0, 0, 0, 0, 0, 9])
        served.settle()
        #expect(served.client.goAways.map(\.code) == [6])
        #expect(served.gateway.isHalfClosed)
    }
}
