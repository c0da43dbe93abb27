import AuthgearResolver
import EventLoop
import Fixtures
import NIOCore
import NIOPosix
import Testing
import Worker

/// The admin listener on a real socket.
@Suite(.timeLimit(.minutes(5))) struct AdminListenerTests {
    private struct Broken: Error {}

    private static let pages = AdminPages(
        missing: { [] }, metrics: { "# HELP a b\na 1\n" })

    /// What it answers to these bytes, until it closes.
    private func answer(_ request: String, _ pages: AdminPages = pages) async throws -> String {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let admin = AdminListener(
            try ListenAddress("127.0.0.1:0"), on: group.next(), pages: pages, timeout: .minutes(5))
        let address = try await admin.bind()
        let running = Task { try await admin.run() }
        let client = try await SocketClient(address, on: group)
        try await client.send(request)
        let answer = try await client.receiveToEnd()
        running.cancel()
        try await running.value
        try await group.shutdownGracefully()
        return answer
    }

    private func get(_ path: String, method: String = "GET") -> String {
        "\(method) \(path) HTTP/1.1\r\nHost: a\r\n\r\n"
    }

    private func page(_ status: String, _ text: String, type: String = "text/plain; charset=utf-8") -> String {
        """
        HTTP/1.1 \(status)\r
        Content-Type: \(type)\r
        Content-Length: \(text.utf8.count)\r
        Connection: close\r
        \r
        \(text)
        """
    }

    @Test func `silent connections keep nobody out: the oldest makes room`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let admin = AdminListener(
            try ListenAddress("127.0.0.1:0"), on: group.next(), pages: Self.pages, timeout: .minutes(5))
        let address = try await admin.bind()
        let running = Task { try await admin.run() }
        var silent: [SocketClient] = []
        for _ in 0..<AdminListener.maximumConnections {
            silent.append(try await SocketClient(address, on: group))
        }
        let probe = try await SocketClient(address, on: group)
        try await probe.send(get("/healthz"))
        #expect(try await probe.receiveToEnd() == page("200 OK", "ok\n"))
        #expect(try await silent[0].receiveToEnd() == "")
        // The others are there still.
        try await silent[1].send(get("/healthz"))
        #expect(try await silent[1].receiveToEnd() == page("200 OK", "ok\n"))
        running.cancel()
        try await running.value
        try await group.shutdownGracefully()
    }

    @Test func `keys are published as a JWK set, where there are any`() async throws {
        let pages = AdminPages(missing: { [] }, metrics: { "" }, jwks: { #"{"keys":[]}"# })
        #expect(
            try await answer(get("/jwks.json?x"), pages)
                == page("200 OK", #"{"keys":[]}"#, type: "application/jwk-set+json"))
        #expect(
            try await answer(get("/jwks.json"))
                == page("404 Not Found", "there are no keys: assertion is not configured\n"))
    }

    @Test func `the process lives`() async throws {
        #expect(try await answer(get("/healthz?x")) == page("200 OK", "ok\n"))
    }

    @Test func `the process is ready, or says what is missing`() async throws {
        #expect(try await answer(get("/readyz")) == page("200 OK", "ready\n"))
        let pages = AdminPages(missing: { ["no keys of https://i yet", "the store is out of reach"] }, metrics: { "" })
        #expect(
            try await answer(get("/readyz"), pages)
                == page("503 Service Unavailable", "no keys of https://i yet\nthe store is out of reach\n"))
    }

    @Test func `metrics are what the process supplies`() async throws {
        let type = "text/plain; version=0.0.4; charset=utf-8"
        #expect(try await answer(get("/metrics")) == page("200 OK", "# HELP a b\na 1\n", type: type))
        let broken = AdminPages(missing: { [] }, metrics: { throw Broken() })
        #expect(
            try await answer(get("/metrics"), broken)
                == page("500 Internal Server Error", "the metrics could not be collected\n"))
    }

    @Test func `other paths and methods are refused, HEAD has no body`() async throws {
        #expect(try await answer(get("/")).hasPrefix("HTTP/1.1 404 Not Found\r\n"))
        #expect(try await answer(get("/healthz/")).hasPrefix("HTTP/1.1 404 Not Found\r\n"))
        let refused = try await answer(get("/metrics", method: "POST"))
        #expect(refused.hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n") && refused.contains("Allow: GET, HEAD\r\n"))
        let head = try await answer(get("/healthz", method: "HEAD"))
        #expect(head == String(page("200 OK", "ok\n").dropLast("ok\n".count)))
    }

    @Test func `one connection has one answer`() async throws {
        #expect(try await answer(get("/healthz") + get("/metrics")) == page("200 OK", "ok\n"))
    }

    @Test func `bytes that are no HTTP are refused`() async throws {
        #expect(try await answer("\u{16}\u{3}\u{1}\r\n\r\n").hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
    }

    @Test func `a body that is too large ends the connection`() async throws {
        let request = "POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"
        #expect(try await answer(request + String(repeating: "x", count: 70_000)) == "")
    }
}
