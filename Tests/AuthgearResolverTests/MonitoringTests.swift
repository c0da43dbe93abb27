import Fixtures
import Foundation
import Telemetry
import Testing

/// What `deploy` has for Prometheus and Grafana fits what the program exports. Whether it is well formed, and when each alert comes,
/// `make monitoring` finds out.
@Suite struct MonitoringTests {
    private static let root = URL(filePath: #filePath).appending(path: "../../..").standardized
    private static let rules = "deploy/prometheus/authgear-resolver.rules.yaml"
    private static let dashboard = "deploy/grafana/authgear-resolver.json"

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The parts of a text that a group of the expression has.
    private static func words(_ expression: Regex<(Substring, Substring)>, in text: String) -> [String] {
        text.matches(of: expression).map { String($0.1) }
    }

    @Test(arguments: [rules, dashboard, "Tests/Monitoring/alerts.yaml"])
    func `each metric that is named is one that there is, with its labels`(path: String) throws {
        let text = try Self.text(path)
        let metrics = Dictionary(uniqueKeysWithValues: Metric.all.map { ($0.name, $0) })
        let names = Set(Self.words(/\b((?:authgear_resolver|process)_[a-z_]+)/, in: text))
        #expect(names.count > 20)
        for name in names {
            let parts = ["_bucket", "_sum", "_count"].filter { name.hasSuffix($0) }
            let family = parts.first.map { String(name.dropLast($0.count)) } ?? name
            let metric = try #require(metrics[family], "\(path) names \(name)")
            #expect(parts.isEmpty == (metric.kind != .histogram), "\(path) names \(name)")
        }
        for match in text.matches(of: /\b((?:authgear_resolver|process)_[a-z_]+)\{([^}]*)\}/) {
            let name = match.1.hasSuffix("_bucket") ? match.1.dropLast(7) : match.1
            // What Prometheus adds, and the bucket's own.
            let known = Set(metrics[String(name)]?.labels ?? []).union(["job", "instance", "le"])
            let labels = match.2.matches(of: /(\w+)\s*(?:=|!=|=~|!~)/).map { String($0.1) }
            #expect(Set(labels).subtracting(known) == [], "\(path): \(match.0)")
        }
    }

    @Test func `each alert has a severity, says what is the matter, and leads to what to do`() throws {
        let text = try Self.text(Self.rules)
        let alerts = text.components(separatedBy: "- alert: ").dropFirst()
        #expect(alerts.count > 20)
        let headings = Self.words(/\n### (\w+)\n/, in: try Self.text("docs/alerts.md"))
        #expect(
            alerts.map { String($0.prefix { $0 != "\n" }) } == headings,
            "docs/alerts.md has a section for each, in order")
        for alert in alerts {
            let name = alert.prefix { $0 != "\n" }
            #expect(alert.contains(/labels: \{ severity: (critical|warning) \}\n/), "\(name)")
            #expect(alert.contains(/\n          summary: ".+"\n          description: ".+\."\n/), "\(name)")
            #expect(alert.contains("\n          runbook: docs/alerts.md#\(name.lowercased())\n"), "\(name)")
        }
    }

    @Test func `for each alert it is tried that it comes, and that it is silent`() throws {
        let alerts = Self.words(/- alert: (\w+)\n/, in: try Self.text(Self.rules))
        let tests = try Self.text("Tests/Monitoring/alerts.yaml")
        for alert in alerts {
            #expect(tests.contains("alertname: \(alert), exp_alerts: [] }"), "\(alert)")
            #expect(tests.contains("alertname: \(alert)\n        exp_alerts:\n          - exp_labels:"), "\(alert)")
        }
    }

    @Test func `the dashboard asks the source of data that its reader chooses, and panels don't overlap`() throws {
        let data = try Data(contentsOf: Self.root.appending(path: Self.dashboard))
        let board = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let panels = try #require(board["panels"] as? [[String: Any]])
        var (ids, places): (Set<Int>, Set<[Int]>) = ([], [])
        for panel in panels {
            let (id, grid) = (try #require(panel["id"] as? Int), try #require(panel["gridPos"] as? [String: Int]))
            #expect(ids.insert(id).inserted)
            let (x, y) = (try #require(grid["x"]), try #require(grid["y"]))
            for column in x..<(x + (grid["w"] ?? 0)) {
                #expect(column < 24)
                for line in y..<(y + (grid["h"] ?? 0)) { #expect(places.insert([column, line]).inserted) }
            }
            guard panel["type"] as? String != "row" else { continue }
            let targets = try #require(panel["targets"] as? [[String: Any]])
            #expect(!targets.isEmpty)
            for source in ([panel] + targets).map({ $0["datasource"] as? [String: String] }) {
                #expect(source == ["type": "prometheus", "uid": "${datasource}"])
            }
        }
        #expect(ids.count > 40)
        let variables = try #require((board["templating"] as? [String: Any])?["list"] as? [[String: Any]])
        #expect(variables.compactMap { $0["name"] as? String } == ["datasource", "job", "instance"])
        #expect(variables.first?["type"] as? String == "datasource")
    }
}
