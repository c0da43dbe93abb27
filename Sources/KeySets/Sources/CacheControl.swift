package import NIOCore

/// How long an answer stays fresh (RFC 9111 section 5.2.2.1).
package enum CacheControl {
    /// The first `max-age` of the header's values; nil without one that can be read. Never more than a year.
    package static func maxAge(_ values: [String]) -> TimeAmount? {
        for directive in values.lazy.flatMap({ $0.split(separator: ",") }) {
            let parts = directive.split(separator: "=", maxSplits: 1).map { $0.trimming(" \t") }
            guard parts.count == 2, parts[0].lowercased() == "max-age" else { continue }
            let digits = parts[1].trimming("\"")
            guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            let year: Int64 = 31_536_000
            return .seconds(min(Int64(digits) ?? year, year))
        }
        return nil
    }
}

extension Substring {
    fileprivate func trimming(_ characters: String) -> Substring {
        var rest = drop { characters.contains($0) }
        while let last = rest.last, characters.contains(last) { rest.removeLast() }
        return rest
    }
}
