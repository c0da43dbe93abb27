import Foundation
import NIOConcurrencyHelpers

/// What `docs/gateways.md` says of the gateways between its two marks: made by a run of the suite with all of them
/// (`make gateways`), from what that run found.
enum PromiseTable {
    static let page = Program.repository + "/docs/gateways.md"
    private static let marks = (start: "<!-- made by make gateways -->\n", end: "<!-- end -->\n")
    private static let found = NIOLockedValueBox<[String: Set<Promise>]>([:])

    /// A gateway does with a promise what it is said to do. When that was the last one that was to be found out, and somebody
    /// wants it, the page is written.
    static func note(_ program: GatewayProgram, _ promise: Promise) throws {
        let isWhole = found.withLockedValue { found in
            found[program.name, default: []].insert(promise)
            return GatewayProgram.all.allSatisfy { found[$0.name]?.count == Promise.allCases.count }
        }
        guard isWhole, ProcessInfo.processInfo.environment["GATEWAY_TABLE", default: ""] != "" else { return }
        let text = try Scratch.read(page)
        guard let start = text.range(of: marks.start), let end = text.range(of: marks.end) else { return }
        let made = try versions() + "\n" + promises()
        try Scratch.write(text[..<start.upperBound] + made + text[end.lowerBound...], to: page)
    }

    private static func versions() throws -> String {
        try "| gateway | version | from |\n| --- | --- | --- |\n" + GatewayProgram.all.map(version).joined()
    }

    /// A gateway's row in the table of versions, by the program's own word.
    static func version(_ program: GatewayProgram) throws -> String {
        "| [\(program.name)](../\(program.folder)/README.md) | \(try program.versionText()) | \(program.origin) |\n"
    }

    /// Each promise with who keeps it, and behind that why the others don't.
    static func promises() -> String {
        var reasons: [String] = []
        func cell(_ program: GatewayProgram, _ promise: Promise) -> String {
            guard let reason = program.exceptions[promise] else { return "yes" }
            if !reasons.contains(reason) { reasons.append(reason) }
            return "**no** (\((reasons.firstIndex(of: reason) ?? 0) + 1))"
        }
        let programs = GatewayProgram.all
        let rows = Promise.allCases.map { promise in
            "| \(promise.rawValue) | " + programs.map { cell($0, promise) }.joined(separator: " | ") + " |\n"
        }
        let head = "| | " + programs.map(\.name).joined(separator: " | ") + " |\n"
        let rule = "| --- |" + programs.map { _ in " --- |" }.joined() + "\n"
        let list = reasons.enumerated().map { "\($0.offset + 1). \($0.element).\n" }
        return head + rule + rows.joined() + "\n" + list.joined()
    }
}
