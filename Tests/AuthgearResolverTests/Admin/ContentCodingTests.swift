import AuthgearResolver
import Foundation
import Telemetry
import Testing

/// How long pages are sent, and in which of the two formats metrics are.
@Suite struct ContentCodingTests {
    private static let page = (0..<5_000).map { "authgear_resolver_key_set_keys{issuer=\"https://\($0).example\"} 2\n" }
        .joined()

    private func answer(_ body: String, _ edit: (inout AdminRequest) -> Void) async -> AdminAnswer {
        var request = AdminRequest("GET", "/page")
        edit(&request)
        return await AdminPages([AdminPage("/page") { _ in AdminAnswer(text: body) }]).answer(to: request)
    }

    /// What `gzip` makes of bytes, another implementation's word.
    private func expanded(_ bytes: [UInt8]) throws -> String {
        let folder = try PrivateFolder.make(["page.gz": bytes])
        let process = Process()
        process.executableURL = URL(filePath: "/bin/gzip")
        process.arguments = ["-dc", folder.path(of: "page.gz")]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        withExtendedLifetime(folder) {}
        return String(decoding: output, as: UTF8.self)
    }

    @Test func `a long page comes in gzip when that is asked for, and is the same`() async throws {
        let answer = await answer(Self.page) { $0.acceptEncoding = "gzip" }
        #expect(answer.fields.map(\.name) == ["Content-Type", "Vary", "Content-Encoding"])
        #expect(answer.fields.last?.value == "gzip")
        #expect(answer.body.count < Self.page.utf8.count / 5)
        #expect(try expanded(answer.body) == Self.page)
    }

    @Test(arguments: ["", "br", "gzip;q=0", "identity, gzip;q=0.9"])
    func `it comes as it is otherwise, and says what it depends on`(acceptEncoding: String) async {
        let answer = await answer(Self.page) { $0.acceptEncoding = acceptEncoding }
        #expect(answer.fields.map(\.name) == ["Content-Type", "Vary"])
        #expect(answer.body == Array(Self.page.utf8))
    }

    @Test func `a short page is never encoded`() async {
        let answer = await answer("ready\n") { $0.acceptEncoding = "gzip" }
        #expect(answer.fields.map(\.name) == ["Content-Type"])
        #expect(answer.body == Array("ready\n".utf8))
    }

    /// What Prometheus 2.53 and 3 send, and others.
    @Test(arguments: [
        (
            "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
            true
        ),
        (
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=1.0.0;q=0.4,*/*;q=0.2",
            true
        ),
        ("application/openmetrics-text", true), ("application/openmetrics-text; version=1.0.0; charset=utf-8", true),
        ("text/plain;q=0.5,application/openmetrics-text;version=\"1.0.0\";q=0.5", true),
        ("", false), ("*/*", false), ("text/plain", false), ("text/html,application/xhtml+xml,*/*;q=0.8", false),
        ("application/openmetrics-text;version=0.0.1", false), ("application/openmetrics-text;version=2.0.0", false),
        ("application/openmetrics-text;q=0", false), ("application/openmetrics-text;q=0.4,text/plain;q=0.5", false),
        ("application/openmetrics-text;q=0.4,text/*;q=0.5", false), ("application/*", false),
    ])
    func `metrics come as OpenMetrics when they are asked for by its name`(accept: String, isOpen: Bool) async {
        let page = AdminPage.metrics { format in Array((format == .openMetrics ? "open\n" : "plain\n").utf8) }
        var request = AdminRequest("GET", "/metrics")
        request.accept = accept
        let answer = await AdminPages([page]).answer(to: request)
        #expect(String(decoding: answer.body, as: UTF8.self) == (isOpen ? "open\n" : "plain\n"))
        #expect(
            answer.fields.first?.value
                == (isOpen
                    ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                    : "text/plain; version=0.0.4; charset=utf-8"))
    }
}
