import AuthgearResolver
import Fixtures
import Foundation
import Telemetry
import Testing

/// `/status.json`: one object, whose names are those of `docs/reference.md`.
@Suite struct StatusReportTests {
    private static func object(_ report: StatusReport) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(report.json.bytes))
        return try #require(value as? [String: Any])
    }

    /// The first row of a list, or the object itself.
    private static func row(_ name: String, of report: StatusReport) throws -> [String: Any] {
        let value = try object(report)[name]
        return try #require((value as? [[String: Any]])?.first ?? value as? [String: Any])
    }

    @Test func `it says what runs, how it is and since when`() throws {
        let object = try Self.object(StatusSamples.full(state: .degraded))
        #expect(object["version"] as? String == Version.program)
        #expect(object["state"] as? String == "degraded")
        #expect(object["state_since"] as? String == "2027-01-15T06:55:00.000Z")
        #expect(object["uptime_seconds"] as? Double == 93_784)
        #expect(object["generation"] as? Int == 7)
        #expect(object["problems"] as? [String] == [])
        #expect(try Self.object(StatusSamples.draining)["problems"] as? [String] == ["draining"])
    }

    @Test func `a policy's answers are told by outcome, and by reason`() throws {
        let row = try Self.row("policies", of: StatusSamples.full())
        #expect(row["outcome"] as? String == "refused" && row["reason"] as? String == "missing_role")
        #expect(StatusReport.PolicyRow(policy: "a", reason: "allowed", count: 1).outcome == "allowed")
    }

    @Test func `the history has a list for each figure, all of one length`() throws {
        let history = try Self.row("history", of: StatusSamples.full())
        let outcomes = try #require(history["outcomes_per_second"] as? [String: [Any]])
        #expect(Set(outcomes.keys) == ["valid", "invalid", "none", "unknown"])
        let lists = history.values.compactMap { $0 as? [Any] } + outcomes.values
        #expect(lists.count == history.count - 1 + outcomes.count)
        #expect(Set(lists.map(\.count)) == [StatusHistory.limit - 1])
        let times = try #require(history["p99_seconds"] as? [Any])
        #expect(times.contains { $0 is NSNull } && times.contains { $0 is Double })
    }

    @Test func `of many issuers the worst are named, and all are counted`() throws {
        let object = try Self.object(StatusSamples.crowded)
        let rows = try #require(object["issuers"] as? [[String: Any]])
        #expect(rows.count == StatusReport.issuerRows)
        #expect(object["issuers_total"] as? Int == 500)
        #expect(rows.prefix(10).allSatisfy { $0["state"] as? String == "stale" })
        #expect(rows.dropFirst(10).allSatisfy { $0["state"] as? String == "good" })
    }

    @Test func `what is not known is null, and not left out`() throws {
        let issuer = try Self.row("issuers", of: StatusSamples.starting)
        for name in ["age_seconds", "source"] { #expect(issuer[name] is NSNull, "\(name)") }
        let full = try Self.row("issuers", of: StatusSamples.full())
        #expect(Set(full.keys) == Set(issuer.keys))
        let store = try Self.row("store", of: StatusSamples.starting)
        #expect(try Set(Self.row("store", of: StatusSamples.full()).keys) == Set(store.keys))
        #expect(store["address"] is NSNull)
    }

    @Test func `hostile names come out as they were`() throws {
        let object = try Self.object(StatusSamples.hostile)
        let names = (object["issuers"] as? [[String: Any]])?.compactMap { $0["issuer"] as? String }
        #expect(names == StatusSamples.hostileNames)
        let warning = try Self.row("warnings", of: StatusSamples.hostile)
        #expect(warning["message"] as? String == StatusSamples.hostileNames[0])
        #expect((warning["fields"] as? [String: String])?.keys.first == StatusSamples.hostileNames[0])
    }

    @Test func `each name stands in the reference, and the reference has no other`() throws {
        let rows = try MarkdownPage("docs/reference.md").rows(under: "The status")
        let documented = rows.flatMap { row -> [String] in
            let parts = row.prefix(2).map { $0.matches(of: /`([a-z0-9_]+)`/).map { String($0.1) } }
            let (names, members) = (parts.first ?? [], parts.last ?? [])
            return names + members.flatMap { member in names.map { "\($0).\(member)" } }
        }
        let object = try Self.object(StatusSamples.full())
        var present: Set<String> = []
        for (name, value) in object {
            present.insert(name)
            let row = (value as? [[String: Any]])?.first ?? value as? [String: Any] ?? [:]
            for member in row.keys { present.insert("\(name).\(member)") }
        }
        #expect(Set(documented) == present)
    }
}
