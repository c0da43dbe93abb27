import AuthgearResolver
import Foundation
import Lint
import Testing

/// The table of rules, each with files that must be found and files that must not.
@Suite struct LinterTests {
    @Test(arguments: LintRow.table)
    func `each rule has an example that is found and one that is clean`(row: LintRow) {
        let examples = Example.all.filter { $0.kind == row.kind && $0.rule == row.rule }
        let found = examples.filter(\.isFound)
        #expect(!found.isEmpty && found.count < examples.count, "Examples/\(row.kind)/\(row.rule.rawValue)")
    }

    @Test(arguments: Example.all.filter(\.isFound))
    func `what an example marks is found, in its line`(example: Example) {
        let found = example.report().findings.filter { $0.row.rule == example.rule && $0.row.kind == example.kind }
        let spots = Set(found.map(\.spot)).sorted()
        #expect(spots == example.spots.sorted(), "\(example.report().lines)")
    }

    @Test(arguments: Example.all.filter(\.isFound))
    func `an example has no other fault than its own`(example: Example) {
        let others = example.report().findings.filter { $0.row.rule != example.rule }
        #expect(others.map(\.line) == [])
    }

    @Test(arguments: Example.all.filter { !$0.isFound })
    func `nothing is found in an example that is clean`(example: Example) {
        #expect(example.report().findings.map(\.line) == [])
    }

    private static let root = URL(filePath: #filePath).appending(path: "../../..").standardized.path()

    /// All that operators are told to copy.
    private static let shipped: [String] = ["nginx", "gateways", "deploy/container"].flatMap { folder -> [String] in
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: "\(root)\(folder)")) ?? []
        return names.sorted().filter { name in
            [".conf", ".caddy", "Caddyfile", ".cfg", ".yaml"].contains(where: name.hasSuffix)
        }.map { "\(folder)/\($0)" }
    }

    @Test(arguments: shipped)
    func `nothing is found in what is shipped`(path: String) {
        #expect(Example.report(on: [Self.root + path]).findings.map(\.line) == [])
    }
}
