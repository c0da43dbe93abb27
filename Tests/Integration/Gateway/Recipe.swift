import Foundation

/// A recipe of `nginx/README.md`: its blocks of code, with the addresses of a test in place of those that a reader has.
struct Recipe {
    /// Where in nginx's configuration a block stands: its fence says so.
    enum Place: String {
        case http, server, upstream, location
    }

    private let text: String
    private let replacements: [(String, String)]

    /// - Parameter replacements: what a reader has to replace, too; the paths of the includes are replaced by themselves.
    init(_ title: String, replacing replacements: [(String, String)] = []) throws {
        let page = try Scratch.read("\(Nginx.shipped)/README.md")
        guard let start = page.range(of: "\n### \(title)\n") else { throw WireError.malformed("no recipe \(title)") }
        let rest = page[start.upperBound...]
        text = String(rest[..<(rest.range(of: "\n##")?.lowerBound ?? rest.endIndex)])
        for (old, _) in replacements where !text.contains(old) {
            throw WireError.malformed("the recipe does not say \(old)")
        }
        self.replacements = [("include authgear/", "include ")] + replacements
    }

    /// What the recipe has for a place.
    func block(_ place: Place) throws -> String {
        guard let start = text.range(of: "```nginx \(place.rawValue)\n"),
            let end = text.range(of: "```\n", range: start.upperBound..<text.endIndex)
        else { throw WireError.malformed("the recipe has no block for \(place)") }
        return replacements.reduce(String(text[start.upperBound..<end.lowerBound])) { block, pair in
            block.replacing(pair.0, with: pair.1)
        }
    }
}
