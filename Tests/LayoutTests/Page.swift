import Foundation

/// A page in Markdown of the repository.
struct Page: CustomStringConvertible {
    /// From the repository's root on, such as `docs/contract.md`.
    let path: String
    let text: String

    var description: String { path }

    /// The text of the first line, without the marks of a heading.
    var title: String { text.prefix { $0 != "\n" }.drop { $0 == "#" || $0 == " " }.description }

    /// The headings, as a link's `#…` names them: small letters, `-` for a space, without punctuation.
    var anchors: [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { heading in
            let words = heading.drop { $0 == "#" }.dropFirst().lowercased()
            return words.filter { $0.isLetter || $0.isNumber || " -_".contains($0) }.replacing(" ", with: "-")
        }
    }

    /// The links that don't leave the repository: the file, from the root on, and the heading in it, or nothing.
    var links: [(file: String, heading: String)] {
        text.matches(of: /\]\(([^)#]*)#?([^)]*)\)/).filter { !$0.1.contains(":") }.map { match in
            let folder = path.split(separator: "/").dropLast().joined(separator: "/")
            let file = match.1.isEmpty ? path : folder.isEmpty ? String(match.1) : "\(folder)/\(match.1)"
            return (Self.normalized(file), String(match.2))
        }
    }

    /// The files and folders in code letters.
    var paths: [String] {
        text.matches(of: /`((?:Sources|Tests|Benchmarks|docs|nginx|deploy|\.ci)\/[^` *]*)`/).map { String($0.1) }
    }

    /// The path without `..`.
    private static func normalized(_ path: String) -> String {
        path.split(separator: "/").reduce(into: [Substring]()) { parts, part in
            if part == "..", !parts.isEmpty { parts.removeLast() } else { parts.append(part) }
        }.joined(separator: "/")
    }
}
