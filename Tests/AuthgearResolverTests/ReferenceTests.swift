import Authentication
import AuthgearResolver
import Bytes
import Fixtures
import Foundation
import HTTP1
import JOSE
import KeySets
import Telemetry
import Testing

/// `docs/reference.md` is complete: its tables name what the code has, each once, and nothing else.
@Suite struct ReferenceTests {
    /// A table of the page that lists what some enumeration has.
    struct Table: Sendable, CustomTestStringConvertible {
        /// The heading that it stands under, and which of the tables there it is.
        var heading: String
        var number = 0
        var names: [String]

        var testDescription: String { number == 0 ? heading : "\(heading), table \(number + 1)" }
    }

    private static let unknowns = UnknownReason.allCases.map { "\($0.text)" }
    private static let tokens = TokenRefusal.allCases.map { "\($0.reason)" }
    private static let sessions = RecordRefusal.allCases.map { "\($0.reason)" }
    private static let proofs = ProofRefusal.allCases.map { "\($0.reason)" }
    private static let headers = HeaderRefusal.allCases.map { "\($0.reason)" }
    private static let keys = KeyRefusal.allCases.map { "\($0.reason)" }

    @Test(arguments: [
        Table(heading: "503: what could not be checked", names: unknowns),
        Table(heading: "Why a credential is not valid", names: tokens),
        Table(heading: "Why a credential is not valid", number: 1, names: sessions),
        Table(heading: "Why a credential is not valid", number: 2, names: proofs),
        Table(heading: "Why a credential is not valid", number: 3, names: headers),
        Table(heading: "Keys that are skipped", names: keys),
        Table(heading: "Metrics", names: Metric.all.map(\.name)),
    ])
    func `a table has a row for each name that the code has, in its order`(_ table: Table) throws {
        let page = try MarkdownPage("docs/reference.md")
        let rows = page.names(under: table.heading, table: table.number)
        let (missing, stale) = (table.names.filter { !rows.contains($0) }, rows.filter { !table.names.contains($0) })
        #expect(missing == [], "docs/reference.md, \"\(table)\" has no row for these: write one, with what to do")
        #expect(
            stale == [], "docs/reference.md, \"\(table)\" has rows for these, which the code does not have (any more)")
        if missing.isEmpty, stale.isEmpty {
            #expect(rows == table.names, "docs/reference.md, \"\(table)\": the order of the checks")
        }
    }

    @Test func `each metric has its type and its labels`() throws {
        let cells = try MarkdownPage("docs/reference.md").rows(under: "Metrics")
        for (row, metric) in zip(cells, Metric.all) {
            #expect(row.dropFirst().first == metric.kind.rawValue, "\(metric.name)")
            let labels = row.dropFirst(2).first?.matches(of: /`(\w+)`/).map { String($0.1) }
            #expect(labels == metric.labels, "\(metric.name)")
        }
    }

    @Test(arguments: [
        ("docs/reference.md", "Headers, and where their values come from"), ("README.md", "authgear-resolver"),
    ])
    func `the headers are those of an answer that says everything`(path: String, heading: String) throws {
        let answer = try answer(TokenMint().token)
        #expect(answer.count == 8)
        #expect(try MarkdownPage(path).names(under: heading) == answer.map(\.name))
    }

    @Test func `each claim of the page becomes the header that it stands beside, alone`() throws {
        let rows = try MarkdownPage("docs/reference.md").rows(
            under: "Headers, and where their values come from", table: 1)
        let whole = try answer(TokenMint().token)
        #expect(rows.count == whole.count - 1, "all but x-authgear-session-valid")
        for row in rows {
            let (header, claim) = (row[0].trimmingCharacters(in: ["`"]), row[1].trimmingCharacters(in: ["`"]))
            var mint = TokenMint()
            guard mint.claims[claim] != nil else {
                Issue.record("the page names \(claim), which a whole token does not have")
                continue
            }
            // Without its subject a token is not valid.
            guard claim != "sub" else { continue }
            mint.claims[claim] = nil
            #expect(try answer(mint.token).map(\.name) == whole.map(\.name).filter { $0 != header }, "\(claim)")
        }
    }

    /// The `x-authgear-*` fields that a valid token is answered with, in order.
    private func answer(_ token: [UInt8]) throws -> [(name: String, value: String)] {
        var verifier = TokenMint.verifier()
        let now = Moment(steady: 0, timestamp: TokenMint.now)
        let verdict = verifier.verify(token.span.bytes, with: TokenMint.ring(), now: now)
        guard case .valid(let verified) = verdict else {
            Issue.record("the token is valid")
            return []
        }
        let answer = try Configuration().answerFormat.unjudgedAnswer(for: Identity(verified), by: HTTP1Renderer())
        return String(decoding: answer.bytes, as: UTF8.self).split(separator: "\r\n").compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].hasPrefix("x-authgear-") else { return nil }
            return (String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces))
        }
    }
}
