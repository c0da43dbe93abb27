import Foundation

/// All Swift files of the repository that are written by hand.
enum SourceTree {
    static let sources = files(under: "Sources")
    static let tests = files(under: "Tests")

    /// The targets that have Swift code, each with its files.
    static let targets = Dictionary(grouping: sources, by: \.target)

    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func files(under folder: String) -> [SourceFile] {
        let folder = root.appending(path: folder).resolvingSymlinksInPath()
        let paths = FileManager.default.enumerator(atPath: folder.path())?.compactMap { $0 as? String } ?? []
        return paths.filter { $0.hasSuffix(".swift") }.sorted().compactMap { path in
            guard let text = try? String(contentsOf: folder.appending(path: path), encoding: .utf8) else { return nil }
            return SourceFile(path: "\(folder.lastPathComponent)/\(path)", text: text)
        }
    }
}
