import Authentication
import Fixtures
import HTTP1
import Telemetry
import Testing
import Worker

/// One connection, from its bytes to its answers.
@Suite struct GatewayConnectionTests {
    @Test func `a request is answered, and the connection stays`() throws {
        let gateway = try EmbeddedGateway()
        gateway.send(Stage.get())
        #expect(gateway.received() == Stage.none)
        gateway.send(Stage.get("/require"))
        #expect(gateway.received() == Stage.stranger)
        gateway.send(Stage.get("/elsewhere"))
        #expect(gateway.received() == Stage.notFound)
        #expect(gateway.isOpen && gateway.connectionCount == 1)
    }

    @Test func `each answer has a date`() throws {
        let gateway = try EmbeddedGateway()
        gateway.send(Stage.get())
        #expect(gateway.writes().joined().contains("\r\nDate: "))
    }

    @Test func `all answers of a read leave in one write, in order`() throws {
        let gateway = try EmbeddedGateway(keepsWrites: true)
        gateway.send(Stage.get() + Stage.get("/require") + Stage.get("/x") + "GET /res")
        #expect(gateway.writes().map(Stage.withoutDates) == [Stage.none + Stage.stranger + Stage.notFound])
        gateway.send("olve HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(gateway.received() == Stage.none)
    }

    @Test func `a head that comes byte by byte is answered with its last byte`() throws {
        let gateway = try EmbeddedGateway()
        for character in Stage.get().unicodeScalars {
            #expect(gateway.received() == "")
            gateway.send(String(character))
        }
        #expect(gateway.received() == Stage.none)
    }

    @Test(arguments: [
        ("GET /resolve HTTP/1.0\r\n\r\n", Stage.closing(Stage.none), false),
        ("GET /resolve HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", Stage.closing(Stage.none, "keep-alive"), true),
        (Stage.get("/resolve", "Connection: close\r\n"), Stage.closing(Stage.none), false),
        (Stage.get("/x", "Connection: close\r\n"), Stage.closing(Stage.notFound), false),
        ("HEAD /resolve HTTP/1.1\r\nHost: a\r\n\r\n", Stage.none, true),
    ])
    func `a connection persists as its request says`(request: String, answer: String, persists: Bool) throws {
        let gateway = try EmbeddedGateway()
        gateway.send(request)
        #expect(gateway.received() == answer)
        #expect(gateway.isOpen == persists)
        #expect(!gateway.isHalfClosed)
    }

    @Test(
        arguments: [
            ("GET /resolve HTTP/1.1\r\n\r\n", "400 Bad Request"), ("\u{16}\u{3}\u{1}", "400 Bad Request"),
            ("GET / HTTP/2.0\r\n\r\n", "505 HTTP Version Not Supported"),
            (Stage.get("/resolve", "Transfer-Encoding: gzip\r\n"), "501 Not Implemented"),
            (Stage.get("/resolve", "Content-Length: 1048577\r\n"), "413 Content Too Large"),
            (Stage.get("/" + String(repeating: "a", count: 70_000)), "414 URI Too Long"),
            (Stage.get("/", "X: \(String(repeating: "a", count: 70_000))\r\n"), "431 Request Header Fields Too Large"),
            (Stage.get("/", "Transfer-Encoding: chunked\r\n") + "x\r\n", "400 Bad Request"),
        ].map { (LongText($0), $1) })
    func `a request that is not HTTP as it should be is answered and the connection closed`(
        request: LongText, status: String
    ) throws {
        let gateway = try EmbeddedGateway()
        gateway.send(Stage.get() + request.text + Stage.get())
        #expect(gateway.received() == Stage.none + Stage.error(status))
        // Half closed: the client can read the answer, whatever it still sends.
        #expect(gateway.isHalfClosed && gateway.isOpen)
        gateway.send(Stage.get())
        #expect(gateway.received() == "")
        gateway.sweep(6)
        #expect(!gateway.isOpen)
    }

    @Test func `what a refused client goes on to send is thrown away, up to a bound`() throws {
        let gateway = try EmbeddedGateway()
        gateway.send("\n")
        for _ in 0..<4 { gateway.send(String(repeating: "x", count: 64 << 10)) }
        #expect(gateway.isOpen)
        gateway.send("x")
        #expect(!gateway.isOpen)
    }

    @Test func `figures count answers, errors and connections`() throws {
        let gateway = try EmbeddedGateway()
        gateway.send(Stage.get() + Stage.get("/require") + Stage.get("/x") + "\n")
        let figures = gateway.figures
        #expect(
            figures.answers(at: .resolve, outcome: .none) == 1 && figures.answers(at: .require, outcome: .none) == 1)
        #expect(figures.answers(at: .resolve, outcome: .valid) == 0 && figures.notFound == 1)
        #expect(figures.errors(with: .badRequest) == 1 && figures.errors(with: .requestTimeout) == 0)
        #expect(figures.durations.counts.reduce(0, +) == 3)
        #expect(gateway.connectionCount == 1)
        gateway.sweep(6)
        #expect(gateway.connectionCount == 0)
    }
}
