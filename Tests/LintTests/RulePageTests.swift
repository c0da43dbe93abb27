import Foundation
import Lint
import Testing

/// The table of rules in `docs/gateways.md` is the one that the code has.
@Suite struct RulePageTests {
    /// A row, as it stands on the page.
    private static func line(_ row: LintRow) -> String {
        let cells = ["`\(row.rule.rawValue)`", row.kind.rawValue, row.what, row.remedy]
        return "| " + cells.joined(separator: " | ").replacing("*", with: "\\*") + " |"
    }

    @Test func `the page has each row, in the order of the code`() throws {
        let page = URL(filePath: #filePath).appending(path: "../../../docs/gateways.md").standardized
        let lines = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "\n")
        let start = lines.firstIndex(of: "| rule | in | what is wrong | what to do |") ?? lines.endIndex
        let rows = Array(lines[start...].dropFirst(2).prefix { $0.hasPrefix("|") })
        #expect(rows == LintRow.table.map(Self.line))
    }

    @Test func `each rule has a row, and none two for a kind`() {
        #expect(Set(LintRow.table.map(\.rule)) == Set(LintRule.allCases))
        for rule in LintRule.allCases {
            let kinds = LintRow.table.filter { $0.rule == rule }.map(\.kind)
            #expect(Set(kinds).count == kinds.count, "\(rule)")
        }
    }
}
