import Foundation

/// All Swift files of the repository that are written by hand.
enum SourceTree {
    static let sources = files(under: "Sources")
    static let tests = files(under: "Tests")

    /// The targets that have Swift code, each with its files.
    static let targets = Dictionary(grouping: sources, by: \.target)

    /// All pages in Markdown.
    static let pages = ["", "Benchmarks", "Tests", "deploy", "docs", "gateways", "nginx"].flatMap { folder in
        names(in: folder, isDeep: !folder.isEmpty).filter { $0.hasSuffix(".md") }.map { name in
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            return Page(path: path, text: page(path))
        }
    }

    /// Whether there is a file or a folder.
    static func has(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path())
    }

    /// A page of the repository; empty when it is not there.
    static func page(_ path: String) -> String {
        (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
    }

    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func files(under folder: String) -> [SourceFile] {
        names(in: folder, isDeep: true).filter { $0.hasSuffix(".swift") && !$0.hasSuffix(".pb.swift") }.map { path in
            SourceFile(path: "\(folder)/\(path)", text: page("\(folder)/\(path)"))
        }
    }

    /// What stands in a folder, as paths from it on, in order.
    private static func names(in folder: String, isDeep: Bool) -> [String] {
        let path = (folder.isEmpty ? root : root.appending(path: folder)).resolvingSymlinksInPath().path()
        let names =
            isDeep
            ? FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String }
            : try? FileManager.default.contentsOfDirectory(atPath: path)
        return names?.sorted() ?? []
    }
}
