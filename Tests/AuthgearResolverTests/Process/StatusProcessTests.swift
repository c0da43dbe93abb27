import AuthgearResolver
import Foundation
import Questions
import Telemetry
import Testing

/// `/status` and `/status.json` of a whole process.
@Suite(.timeLimit(.minutes(5))) struct StatusProcessTests {
    private static func status(of process: RunningProcess) async throws -> [String: Any] {
        let (status, text) = try await process.page("/status.json")
        try #require(status == 200)
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private static func rows(_ name: String, in status: [String: Any]) throws -> [[String: Any]] {
        try #require(status[name] as? [[String: Any]])
    }

    @Test func `it says how things are, and what was counted`() async throws {
        try await RunningProcess.with { process in
            _ = try await process.ask(bearing: process.credentials.validToken)
            _ = try await process.ask(bearing: process.credentials.validToken)
            _ = try await process.ask(bearing: process.credentials.expiredToken)
            let status = try await Self.status(of: process)
            #expect(status["state"] as? String == "ready")
            #expect(status["version"] as? String == Version.program)
            #expect(try Self.rows("workers", in: status).map { $0["worker"] as? Int } == [0, 1])
            let issuer = try #require(try Self.rows("issuers", in: status).first)
            #expect(issuer["issuer"] as? String == DemoCredentials.issuer)
            #expect(issuer["state"] as? String == "good" && issuer["keys"] as? Int == 1)
            #expect((status["store"] as? [String: Any])?["form"] as? String == "memory")
            let valid = try Self.rows("answers", in: status).first {
                $0["endpoint"] as? String == "resolve" && $0["outcome"] as? String == "valid"
            }
            #expect(valid?["count"] as? Int == 2)
            let refusals = try Self.rows("refusals", in: status)
            #expect(refusals.map { $0["reason"] as? String } == ["expired"])
            let limits = try Self.rows("limits", in: status)
            #expect(limits.first?["limit"] as? String == "limits.connections" && limits.first?["most"] as? Int == 64)
        }
    }

    @Test func `an issuer that is asked has a row without keys, and what bounds the questions is told`() async throws {
        var asked = Configuration.Issuer(identifier: "https://asked.example", audiences: ["a"])
        asked.hasKeys = false
        asked.introspection = Configuration.Introspection(client: ClientCredentials(id: "me", secret: "s"))
        asked.introspection?.limits.waiting = 17
        try await RunningProcess.with(others: [asked]) { process in
            let status = try await Self.status(of: process)
            let rows = try Self.rows("issuers", in: status)
            #expect(rows.map { $0["issuer"] as? String } == [DemoCredentials.issuer, "https://asked.example"])
            #expect(rows.last?["source"] as? String == "introspection" && rows.last?["keys"] as? Int == 0)
            #expect(status["issuers_total"] as? Int == 2)
            let limits = try Self.rows("limits", in: status)
            let most = limits.first { $0["limit"] as? String == "introspection.waiting" }?["most"] as? Int
            #expect(most == 17)
            #expect(!limits.contains { ($0["limit"] as? String ?? "").hasPrefix("userinfo") })
        }
    }

    @Test func `the page shows the same, and nobody's token or name`() async throws {
        try await RunningProcess.with { process in
            _ = try await process.ask(bearing: process.credentials.validToken)
            _ = try await process.ask("/resolve", ["Cookie": "session=\(process.credentials.validCookie)"])
            let page = try await process.page("/status")
            #expect(page.status == 200)
            #expect(page.text.hasPrefix("<!DOCTYPE html>") && page.text.contains(DemoCredentials.issuer))
            #expect(page.text.contains("✓</span> ready</span>"))
            let both = page.text + (try await process.page("/status.json").text)
            for secret in [DemoCredentials.user, process.credentials.validToken, process.credentials.validCookie] {
                #expect(!both.contains(secret))
            }
        }
    }

    @Test func `a browser may do nothing with the page but show it`() async throws {
        let report = StatusSamples.full()
        let pages = AdminPages([.status { report }, .statusForPrograms { report }])
        let page = await pages.answer(to: AdminRequest("GET", "/status"))
        let fields = Dictionary(uniqueKeysWithValues: page.fields.map { ($0.name, $0.value) })
        #expect(fields["Content-Type"] == "text/html; charset=utf-8")
        #expect(
            fields["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; img-src data:")
        #expect(fields["Cache-Control"] == "no-store" && fields["X-Content-Type-Options"] == "nosniff")
        let json = await pages.answer(to: AdminRequest("GET", "/status.json"))
        #expect(json.fields.first?.value == "application/json")
        #expect(json.body == report.json.bytes)
    }

    @Test func `a state that can't be collected is an error in words`() async throws {
        struct Broken: Error {}
        let pages = AdminPages([.status { throw Broken() }, .statusForPrograms { throw Broken() }])
        for path in ["/status", "/status.json"] {
            let answer = await pages.answer(to: AdminRequest("GET", path))
            #expect(answer.status == 500 && answer.body == Array("the state could not be collected\n".utf8))
        }
    }
}
