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

    private static let pages = AdminPages([
        .health { [] }, .readiness { Readiness([]) }, .metrics { _ in Array("# HELP a b\na 1\n".utf8) }, .jwks { nil },
        AdminPage("/change", by: .post) { request in AdminAnswer(text: "\(request.adminField ?? "-")\n") },
    ])

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
        let pages = AdminPages([.jwks { #"{"keys":[]}"# }])
        #expect(
            try await answer(get("/jwks.json?x"), pages)
                == page("200 OK", #"{"keys":[]}"#, type: "application/jwk-set+json"))
        #expect(
            try await answer(get("/jwks.json"))
                == page("404 Not Found", "there are no keys: assertion is not configured\n"))
    }

    @Test func `the process lives, or says what hangs`() async throws {
        #expect(try await answer(get("/healthz?x")) == page("200 OK", "ok\n"))
        let pages = AdminPages([.health { ["worker 1 has not turned for 6 s"] }])
        #expect(
            try await answer(get("/healthz"), pages)
                == page("503 Service Unavailable", "worker 1 has not turned for 6 s\n"))
    }

    @Test func `the process is ready, or says what is missing`() async throws {
        #expect(try await answer(get("/readyz")) == page("200 OK", "ready\n"))
        let (store, issuer) = (
            Readiness.Source(.store), Readiness.Source(.issuer("a"), problem: "issuer a: no keys yet")
        )
        let pages = AdminPages([.readiness { Readiness([store, issuer], notes: ["a file has an error"]) }])
        let lines = "degraded\nissuer a: no keys yet\na file has an error\n"
        #expect(try await answer(get("/readyz"), pages) == page("200 OK", lines))
        for query in ["strict", "strict=1", "x&strict="] {
            #expect(try await answer(get("/readyz?\(query)"), pages) == page("503 Service Unavailable", lines))
        }
        #expect(try await answer(get("/readyz?stricter=1"), pages) == page("200 OK", lines))
    }

    @Test func `metrics are what the process supplies`() async throws {
        let type = "text/plain; version=0.0.4; charset=utf-8"
        #expect(try await answer(get("/metrics")) == page("200 OK", "# HELP a b\na 1\n", type: type))
        let broken = AdminPages([.metrics { _ in throw Broken() }])
        #expect(
            try await answer(get("/metrics"), broken)
                == page("500 Internal Server Error", "the metrics could not be collected\n"))
    }

    @Test func `other paths are refused, and the pages that there are named`() async throws {
        for path in ["/", "/healthz/", "//healthz", "/Healthz", "/%68ealthz"] {
            let refused = try await answer(get(path))
            #expect(refused.hasPrefix("HTTP/1.1 404 Not Found\r\n"))
            #expect(refused.hasSuffix("there are /healthz, /readyz, /metrics, /jwks.json and /change\n"))
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND"])
    func `other methods than a page's are refused, and its own named`(method: String) async throws {
        let refused = try await answer(get("/metrics", method: method))
        #expect(refused.hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n"))
        #expect(refused.contains("\r\nAllow: GET, HEAD\r\n") && refused.hasSuffix("\r\n\r\nonly GET and HEAD\n"))
        guard method != "POST" else { return }
        let change = try await answer(get("/change", method: method))
        #expect(change.hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n") && change.contains("\r\nAllow: POST\r\n"))
    }

    @Test func `HEAD has the fields of a GET, and no body`() async throws {
        let head = try await answer(get("/healthz", method: "HEAD"))
        #expect(head == String(page("200 OK", "ok\n").dropLast("ok\n".count)))
        let refused = try await answer(get("/change", method: "HEAD"))
        #expect(refused.hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n") && refused.hasSuffix("\r\n\r\n"))
    }

    @Test func `a page sees the whole request`() async throws {
        let pages = AdminPages([
            AdminPage("/seen") { request in
                let fields = [request.host, request.adminField].map { $0 ?? "-" }
                return AdminAnswer(
                    lines: [request.method, request.path, request.query, request.accept, request.acceptEncoding]
                        + fields)
            }
        ])
        func seen(_ target: String, _ fields: String) async throws -> String {
            let answer = try await answer("GET \(target) HTTP/1.1\r\n\(fields)\r\n", pages)
            return String(answer[(try #require(answer.firstRange(of: "\r\n\r\n"))).upperBound...])
        }
        let fields = "Host: b:1\r\nACCEPT: a/b;q=0.5\r\naccept: c/d\r\nAccept-Encoding: gzip\r\nX-Authgear-Admin: 1\r\n"
        #expect(try await seen("/seen?a=b?c&d", fields) == "GET\n/seen\na=b?c&d\na/b;q=0.5,c/d\ngzip\nb:1\n1\n")
        // Of two fields nobody can say which one counts.
        let doubled = "Host: b\r\nX-Authgear-Admin: 1\r\nX-Authgear-Admin: 1\r\n"
        #expect(try await seen("/seen", doubled) == "GET\n/seen\n\n\n\nb\n-\n")
    }

    @Test(arguments: [
        ("/a?level=debug&for=5m", "debug"), ("/a?for=5m&level", ""), ("/a?level=a=b&level=c", "a=b"),
        ("/a?levels=x", nil),
        ("/a", nil), ("/a?&&level=", ""),
    ])
    func `a parameter of the query has the value that was sent`(target: String, value: String?) {
        #expect(AdminRequest("GET", target)[parameter: "level"] == value)
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
