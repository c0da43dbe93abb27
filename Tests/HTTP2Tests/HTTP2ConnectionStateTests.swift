import Bytes
import Fixtures
import HTTP1
import HTTP2
import Testing

@Suite struct HTTP2ConnectionStateTests {
    @Test(arguments: [1, 2, 7, 9, 10, 33, 1_000])
    func `a request is decided on and answered, in whatever pieces it comes`(piece: Int) {
        let served = ServedClient()
        served.piece = piece
        let id = served.client.request("/require/x?y", [("cookie", "a=1"), ("authorization", "Bearer t"), ("x", "y")])
        served.settle()
        #expect(served.log == ["decide"])
        let request = served.requests[0]
        #expect(request.head.route == .require)
        #expect(request.lines.contains("cookie:a=1\r\nauthorization:Bearer t\r\n"))
        #expect(!request.lines.contains("x:y"))
        var answer = HTTP2Client.Answer()
        (answer.status, answer.fields, answer.isWhole) = (200, ["x-name: value"], true)
        #expect(served.client.answer(id) == answer)
        #expect(served.streamCount == 0)
    }

    @Test func `requests are answered in any order`() {
        let served = ServedClient()
        served.answersAtOnce = false
        let ids = (0..<100).map { _ in served.client.request() }
        served.settle()
        #expect(served.requests.count == 100)
        #expect(Set(served.requests.map(\.stream)).count == 100)
        for request in served.requests.reversed() { served.respond(to: request.stream) }
        served.settle()
        #expect(ids.allSatisfy { served.client.answer($0).isWhole })
        #expect(served.streamCount == 0)
    }

    @Test func `a body is drained, and its windows topped up`() {
        let served = ServedClient()
        let ids = (0..<20).map { _ in
            served.client.request(method: "POST", body: [UInt8](repeating: 7, count: 300_000))
        }
        served.settle()
        #expect(ids.allSatisfy { served.client.answer($0).status == 200 })
        #expect(served.requests.allSatisfy { $0.body.isEmpty })
    }

    @Test func `a raw request comes with all of its header list and its body`() {
        let served = ServedClient(isRaw: true)
        served.answersAtOnce = false
        let body = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
        let id = served.client.request("/x.Y/Z", method: "POST", [("te", "trailers"), ("x", "y")], body: body)
        served.settle()
        let request = served.requests[0]
        let names = ":method:POST\r\n:scheme:http\r\n:authority:a\r\n:path:/x.Y/Z\r\n"
        #expect(request.lines.hasPrefix(names + "te:trailers\r\nx:y\r\n"))
        #expect(request.body.elementsEqual(body))
        served.respond(to: request.stream, "HTTP/1.1 200 OK\r\n\r\n", body: body, trailers: "grpc-status: 0\r\n")
        served.settle()
        let answer = served.client.answer(id)
        #expect(answer.body.count == body.count && answer.body.elementsEqual(body))
        #expect(answer.trailers == ["grpc-status: 0"])
        #expect(answer.isWhole)
        #expect(served.streamCount == 0)
        #expect(served.memory < 100_000)
    }

    @Test(arguments: [
        ([("authorization", "Bearer a"), ("authorization", "Bearer b")], 400),
        ([("x", String(repeating: "a", count: 20_000))], 431),
        ([(String, String)](repeating: ("x", "y"), count: 3_000), 431),
    ])
    func `a header list that is refused is answered, and others go on`(fields: [(String, String)], status: Int) {
        let served = ServedClient(HTTP2TimeTests.limits)
        let (id, other) = (served.client.request("/resolve", fields), served.client.request())
        served.settle()
        #expect(served.client.answer(id).status == status)
        #expect(served.client.answer(other).status == 200)
        #expect(served.client.goAways.isEmpty)
    }

    @Test func `a body that is too large is refused before it has come whole`() {
        let served = ServedClient()
        let id = served.client.request(
            method: "POST", body: [UInt8](repeating: 7, count: served.bounds.bodyBytes + 1), isWhole: false)
        served.settle()
        #expect(served.client.answer(id).status == 413)
        // NO_ERROR: the answer counts, and the rest is not wanted (RFC 9113 section 8.1).
        #expect(served.client.answer(id).isWhole)
        #expect(served.streamCount == 0)
    }

    @Test func `who waits for leave to send the body gets it`() {
        let served = ServedClient()
        let id = served.client.request(method: "POST", [("expect", "100-continue")], body: [1, 2])
        served.settle()
        #expect(served.client.answer(id).hasContinued)
        #expect(served.client.answer(id).status == 200)
    }

    @Test func `a malformed request is reset, and others go on`() {
        let served = ServedClient()
        let lists: [[(String, String)]] = [
            [(":method", "GET"), (":scheme", "http"), (":path", "/")],
            [(":method", "GET"), (":scheme", "http"), (":authority", "a")],
            [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "/"), ("connection", "close")],
            [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "/"), ("x", "a\u{0}b")],
            [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "/"), (":path", "/")],
        ]
        let ids = lists.map { served.client.request(list: $0) }
        let other = served.client.request()
        served.settle()
        for id in ids { #expect(served.client.answer(id).reset == 1) }
        #expect(served.client.answer(other).status == 200)
        #expect(served.requests.count == 1)
    }

    @Test func `a request that its client resets is forgotten`() {
        let served = ServedClient()
        served.answersAtOnce = false
        let id = served.client.request()
        served.settle()
        served.client.reset(id)
        served.settle()
        #expect(served.log == ["decide", "forget"])
        #expect(served.streamCount == 0)
        served.respond(to: served.requests[0].stream)
        #expect(served.takeOutput() == [])
    }
}
