import Bytes
package import NIOCore

/// How long an answer stays fresh (RFC 9111 sections 4.2 and 5.2.2.1).
package enum CacheControl {
    /// No answer is fresh, or on its way, for longer than a year.
    private static let year: Int64 = 31_536_000

    /// How long an answer stays fresh from its arrival on: its `max-age`, less the `Age` that it already had in the caches
    /// on its way (section 4.2.3). What the way to here took is left out: keys are fetched again long before they have aged.
    ///
    /// - Parameters:
    ///   - values: of `Cache-Control`.
    ///   - age: of `Age`; the first one counts, and what is no number does not (section 5.1).
    /// - Returns: nil without a `max-age` that can be read.
    package static func freshness(of values: [String], age: String?) -> TimeAmount? {
        guard let maxAge = maxAge(in: values) else { return nil }
        let age = age.flatMap { $0.split(separator: ",").first }.flatMap { seconds(in: $0.trimming(" \t")) } ?? 0
        return .seconds(max(maxAge - age, 0))
    }

    /// The first `max-age` of the header's values, in seconds; nil without one that can be read.
    private static func maxAge(in values: [String]) -> Int64? {
        for directive in values.lazy.flatMap({ $0.split(separator: ",") }) {
            let parts = directive.split(separator: "=", maxSplits: 1).map { $0.trimming(" \t") }
            guard parts.count == 2, parts[0].lowercased() == "max-age" else { continue }
            return seconds(in: parts[1].trimming("\""))
        }
        return nil
    }

    /// A number of seconds (section 1.2.2).
    private static func seconds(in digits: Substring) -> Int64? {
        guard !digits.isEmpty, digits.utf8.allSatisfy(\.isDigit) else { return nil }
        return min(Int64(digits) ?? year, year)
    }
}

extension Substring {
    fileprivate func trimming(_ characters: String) -> Substring {
        var rest = drop { characters.contains($0) }
        while let last = rest.last, characters.contains(last) { rest.removeLast() }
        return rest
    }
}
