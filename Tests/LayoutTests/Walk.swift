/// A request's walk, as `docs/architecture.md` lists it: the files in which code of the request runs, in order.
struct Walk {
    struct Step {
        /// Such as `Sources/Worker/Worker.swift`.
        var file: String
        var functions: [String]

        var folder: Substring { file[..<(file.lastIndex(of: "/") ?? file.startIndex)] }
        var target: Substring { file.split(separator: "/").dropFirst().first ?? "" }
    }

    var steps: [Step]

    /// - Parameter name: of the markers that stand around it in the page.
    init(_ name: String, in page: String) {
        let section = page.split(separator: "<!-- walk: \(name) -->").last?.split(separator: "<!-- end: \(name) -->")
            .first
        steps = (section ?? "").matches(of: /\n\| \d+ \| \[[^\]]*\]\(\.\.\/([^)]+)\) \| ([^|]+) \|/).map { row in
            Step(
                file: String(row.1),
                functions: row.2.matches(of: /`([^`]+)`/).map { String($0.1) })
        }
    }

    var folderChanges: Int {
        zip(steps, steps.dropFirst()).filter { $0.folder != $1.folder }.count
    }

    /// How often each target is entered.
    var entries: [Substring: Int] {
        let entered = steps.prefix(1) + zip(steps, steps.dropFirst()).filter { $0.target != $1.target }.map(\.1)
        return Dictionary(entered.map { ($0.target, 1) }, uniquingKeysWith: +)
    }
}
