import Foundation

/// A Swift file of the repository, as lines.
struct SourceFile: CustomStringConvertible {
    /// From the repository's root on, such as `Sources/Bytes/Bytes.swift`.
    let path: String
    let lines: [String]

    init(path: String, text: String) {
        self.path = path
        self.lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    var description: String { path }

    var text: String { lines.joined(separator: "\n") }

    /// The folder in `Sources` or `Tests` that it stands in.
    var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

    /// `Timestamp+RFC3339` of `Timestamp+RFC3339.swift`.
    var name: String { String(path.split(separator: "/").last?.dropLast(".swift".count) ?? "") }

    /// The modules that it imports; of `import struct A.B` it is `A`.
    var imports: [String] {
        // Within a text a line may begin so, too.
        var isText = false
        let lines = code.filter { line in
            defer { if line.components(separatedBy: "\"\"\"").count == 2 { isText.toggle() } }
            return !isText
        }
        return lines.compactMap { line in
            let words = line.split(separator: " ")
            let isAttributeOrAccess = { (word: Substring) in
                word.hasPrefix("@") || ["package", "public", "internal", "fileprivate", "private"].contains(word)
            }
            let rest = words.drop(while: isAttributeOrAccess)
            guard rest.first == "import", let last = rest.dropFirst().last else { return nil }
            return last.split(separator: ".").first.map(String.init)
        }
    }

    /// The types declared at the top level that other files can see, in order.
    var types: [String] {
        lines.compactMap { line in
            guard !line.hasPrefix(" ") else { return nil }
            let words = line.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" })
            guard !words.contains("private"), !words.contains("fileprivate"), !line.hasPrefix("//"),
                let keyword = words.firstIndex(where: { ["struct", "class", "enum", "actor", "protocol"].contains($0) }
                ),
                words[..<keyword].allSatisfy({ Self.modifiers.contains(String($0)) }), keyword + 1 < words.count
            else { return nil }
            return String(words[keyword + 1])
        }
    }

    private static let modifiers: Set = [
        "package", "public", "internal", "final", "indirect", "main", "unchecked", "MainActor", "frozen", "safe",
    ]

    /// What it extends at the top level: `Span` of `extension Span where …`.
    var extended: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ").drop { ["package", "private", "fileprivate"].contains($0) }
            guard !line.hasPrefix(" "), words.first == "extension", let name = words.dropFirst().first else {
                return nil
            }
            return name.trimmingCharacters(in: CharacterSet(charactersIn: "[]:{"))
        }
    }

    /// The functions and initialisers, each with how many lines it takes. The formatter puts a function's last brace
    /// under its first letter, and this relies on it.
    var functions: [(name: String, length: Int)] {
        lines.indices.compactMap { start in
            let code = lines[start].drop { $0 == " " }
            let words = code.split(whereSeparator: { " (<?".contains($0) })
            guard words.prefix(6).contains(where: { $0 == "func" || $0 == "init" }), !code.hasPrefix("//") else {
                return nil
            }
            guard !code.hasSuffix("}") else { return (String(code), 1) }
            let closing = lines[start].prefix { $0 == " " } + "}"
            guard let end = lines[start...].firstIndex(where: { $0 == closing }) else { return nil }
            return (String(code), end - start + 1)
        }
    }

    /// The blocks of doc comment, each as one text.
    var docComments: [String] {
        lines.split { !$0.drop { $0 == " " }.hasPrefix("///") }.map { $0.joined(separator: "\n") }
    }

    /// The lines without what follows `//`, so that words in comments don't count.
    var code: [String] {
        lines.map { line in line.range(of: "//").map { String(line[..<$0.lowerBound]) } ?? line }
    }
}
