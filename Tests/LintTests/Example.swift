import AuthgearResolver
import Foundation
import Lint
import Testing

/// A configuration beside these tests, for one rule: `Examples/nginx/unguarded/found.conf`. Lines that have to be found say
/// `FOUND`.
struct Example: Sendable, CustomTestStringConvertible {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Examples").path()

    static let all: [Example] = {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        return paths.sorted().compactMap { Example(path: $0) }
    }()

    let path: String
    let kind: LintKind
    let rule: LintRule
    /// Whether the rule has to find something; else nothing may be found.
    let isFound: Bool

    var testDescription: String { path }

    private init?(path: String) {
        let parts = path.split(separator: "/").map(String.init)
        guard parts.count == 3, !path.hasSuffix(".lua"), let kind = LintKind(rawValue: parts[0]),
            let rule = LintRule(rawValue: parts[1]),
            parts[2].hasPrefix("found") || parts[2].hasPrefix("clean")
        else { return nil }
        (self.path, self.kind, self.rule) = (path, kind, rule)
        isFound = parts[2].hasPrefix("found")
    }

    var file: String { "\(Self.folder)/\(path)" }

    /// The lines that say `FOUND`, or follow one that says `FOUND NEXT`, in the file and in the script that it loads.
    var spots: [Spot] {
        let script = "\(Self.folder)/\(path.prefix { $0 != "." }).lua"
        return [file, script].flatMap { path -> [Spot] in
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            return text.components(separatedBy: "\n").enumerated().filter { $0.element.contains("FOUND") }
                .map { Spot(file: path, line: $0.offset + ($0.element.contains("FOUND NEXT") ? 2 : 1)) }
        }
    }

    func report() -> LintReport { Self.report(on: [file]) }

    static func report(on paths: [String]) -> LintReport {
        var run = LintRun(files: .system)
        let unread = Linter.judge(paths, run: &run)
        for (path, error) in unread { run.report.note(at: Spot(file: path, line: 1), "\(error)") }
        return run.report
    }
}
