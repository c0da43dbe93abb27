import AuthgearResolver
import Foundation
import Lint
import Testing

/// Configurations that are torn, wrong or endless: something is said, and nothing crashes.
@Suite struct TornTests {
    /// Files in memory.
    private static func report(on files: [String: String], _ paths: [String], as kind: LintKind? = nil) -> LintReport {
        let reached = LintFiles(
            text: { path, limit in
                guard let text = files[path] else { return .failure(LintFileError("no such file")) }
                return text.utf8.count > limit ? .failure(LintFileError("too large")) : .success(text)
            },
            matches: { pattern in files.keys.sorted().filter { $0.hasPrefix(pattern.prefix { $0 != "*" }) } },
            shipped: { _ in nil }, documents: { ConfigNode.documents(of: $0, in: $1) })
        var run = LintRun(files: reached)
        _ = Linter.judge(paths, as: kind, run: &run)
        return run.report
    }

    @Test(arguments: LintKind.allCases)
    func `a file that ends anywhere crashes nothing`(kind: LintKind) throws {
        let example = try #require(Example.all.first { $0.kind == kind && $0.isFound })
        let bytes = Array(try String(contentsOfFile: example.file, encoding: .utf8).utf8)
        for end in stride(from: 0, through: bytes.count, by: 3) {
            let text = String(decoding: bytes[..<end], as: UTF8.self)
            let report = Self.report(on: ["f": text], ["f"], as: kind)
            #expect(
                (report.findings.map(\.spot) + report.notes.map(\.spot)).allSatisfy { $0.file == "f" && $0.line > 0 })
        }
    }

    @Test(arguments: [
        ("nginx.conf", "include nginx.conf;"), ("nginx.conf", "http { include a.conf; }"),
        ("Caddyfile", "import Caddyfile"), ("Caddyfile", "(a) {\n\timport a\n}\n:80 {\n\timport a\n}"),
        ("httpd.conf", "Include httpd.conf\nProxyPass / http://b/"),
    ])
    func `what includes itself ends`(name: String, text: String) {
        let report = Self.report(on: [name: text, "a.conf": "include a.conf;"], [name])
        #expect(report.findings.count <= 1)
    }

    @Test func `a file that is torn is said to be, and not judged`() {
        for (name, text) in [
            ("a.conf", "http { server { listen 80;"), ("Caddyfile", "example.com {"), ("e.yaml", "a: [b"),
            ("b.conf", "location / { proxy_set_header X \"; }"), ("unknown.txt", "hello"), ("t.toml", "[http]"),
        ] {
            let report = Self.report(on: [name: text], [name])
            #expect(report.findings.isEmpty && report.notes.count == 1 && report.rejected == [name], "\(name)")
        }
    }

    @Test func `blocks, aliases and sizes are bounded`() {
        let deep = String(repeating: "a {\n", count: 10_000)
        #expect(Self.report(on: ["f": deep], ["f"], as: .nginx).notes.count == 1)
        #expect(Self.report(on: ["f": deep], ["f"], as: .caddy).notes.count == 1)
        let list = String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)
        #expect(Self.report(on: ["f": list], ["f"], as: .envoy).notes.count == 1)
        var aliases = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for index in 1...9 {
            let item = "*a\(index - 1)"
            aliases += "a\(index): &a\(index) [\(Array(repeating: item, count: 10).joined(separator: ", "))]\n"
        }
        #expect(Self.report(on: ["f": aliases], ["f"], as: .envoy).notes.count == 1)
    }

    @Test func `what can't be read of an include is said, and leaves its location open`() {
        let text = "http { server { location / { include own.conf; proxy_pass http://b; } } }"
        let report = Self.report(on: ["nginx.conf": text], ["nginx.conf"])
        #expect(report.findings.isEmpty)
        #expect(report.notes.map(\.spot.line) == [1, 1])
    }

    @Test func `locations in one line are told apart`() {
        let text = """
            upstream authgear-resolver { server 127.0.0.1:4180; keepalive 9; }
            server { location = /_authgear/resolve { proxy_pass http://authgear-resolver/resolve; } location / { proxy_pass http://b; } }
            """
        let rules = Self.report(on: ["nginx.conf": text], ["nginx.conf"]).findings.map(\.row.rule)
        #expect(rules.contains(.unguarded) && rules.contains(.noTimeout))
    }

    @Test func `includes are followed from the folder of the first file, and patterns are`() {
        let files = [
            "/etc/nginx/nginx.conf": "http { include sites/*; }",
            "/etc/nginx/sites/a": "server {\n    location / {\n        include parts/b;\n    }\n}",
            "/etc/nginx/parts/b": "\nproxy_pass http://b;\n",
        ]
        let report = Self.report(on: files, ["/etc/nginx/nginx.conf"])
        #expect(report.findings.map(\.spot) == [Spot(file: "/etc/nginx/sites/a", line: 2)])
    }

    @Test func `a file that is named and can't be read is told apart`() {
        var run = LintRun(
            files: LintFiles(
                text: { _, _ in .failure(LintFileError("no such file")) }, matches: { _ in [] }, shipped: { _ in nil },
                documents: { ConfigNode.documents(of: $0, in: $1) }))
        #expect(Linter.judge(["gone"], run: &run).map(\.path) == ["gone"])
        #expect(run.report.lines == [])
    }
}
