/// One run over some files: what was read so far, within its bounds, and what is to be said.
package struct LintRun {
    /// The bytes of one file, and of all; how many files, and how deep they include each other.
    private static let fileLimit = 1 << 20
    private static let totalLimit = 16 << 20
    private static let countLimit = 1_000
    package static let depthLimit = 16

    package let files: LintFiles
    package var report = LintReport()
    private var count = 0
    private var total = 0

    package init(files: LintFiles) { self.files = files }

    /// The text of a file, or why there is none.
    package mutating func read(_ path: String) -> Result<String, LintFileError> {
        guard count < Self.countLimit, total < Self.totalLimit else {
            return .failure(LintFileError("too many files are included"))
        }
        count += 1
        let text = files.text(path, Self.fileLimit)
        if case .success(let text) = text { total += text.utf8.count }
        return text
    }

    /// The documents of a file; what is wrong with it is noted, and gives none.
    package mutating func documents(in text: String, of file: String) -> [ConfigNode] {
        switch files.documents(text, file) {
        case .success(let documents): return documents
        case .failure(let error):
            report.reject(at: Spot(file: file, line: error.line), "the file \(error.message)")
            return []
        }
    }

    /// The first of these places where there is a file, with its text.
    package mutating func first(of paths: [String]) -> (path: String, text: String)? {
        for path in paths {
            if case .success(let text) = read(path) { return (path, text) }
        }
        return nil
    }
}

extension String {
    /// The folder that a path is in; `.` for one without a slash.
    package var folder: String { lastIndex(of: "/").map { String(self[..<$0]) } ?? "." }

    /// What stands behind the last slash.
    package var fileName: String { lastIndex(of: "/").map { String(self[index(after: $0)...]) } ?? self }

    /// As a path that starts at a folder; an absolute one stays.
    package func path(from folder: String) -> String {
        hasPrefix("/") || folder == "." ? self : "\(folder)/\(self)"
    }

    package var isPattern: Bool { contains { "*?[".contains($0) } }

    /// Like `contains`, without case.
    package func mentions(_ word: String) -> Bool { lowercased().contains(word) }
}
