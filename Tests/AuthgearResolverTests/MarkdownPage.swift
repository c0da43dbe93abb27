import Foundation

/// A page in Markdown.
struct MarkdownPage {
    private let lines: [String]

    init(_ path: String) throws {
        let root = URL(filePath: #filePath).appending(path: "../../..").standardized
        lines = try String(contentsOf: root.appending(path: path), encoding: .utf8).components(separatedBy: "\n")
    }

    /// The rows of a table under a heading, without its head: their cells, as written.
    func rows(under heading: String, table number: Int = 0) -> [[String]] {
        let start = lines.firstIndex { $0.drop { $0 == "#" } == " " + heading } ?? lines.endIndex
        let section = lines[start...].dropFirst().prefix { !$0.hasPrefix("#") }
        let tables = section.split { !$0.hasPrefix("|") }
        guard tables.indices.contains(number) else { return [] }
        return tables[number].dropFirst(2).map { row in
            row.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    /// What stands in code letters in the first cell of each row.
    func names(under heading: String, table number: Int = 0) -> [String] {
        rows(under: heading, table: number).compactMap { $0.first?.wholeMatch(of: /`([^`]+)`/).map { String($0.1) } }
    }
}
