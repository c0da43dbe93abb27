/// A pattern for names of fields, as the gateways write them.
package enum NamePattern: Sendable {
    case exact(String)
    case prefix(String)
    case suffix(String)
    case contains(String)
    /// A regular expression that may match anywhere, or has to match the whole name.
    case expression(String, isWhole: Bool)

    /// Longer expressions are nobody's for a name.
    private static let expressionLimit = 2_048

    /// Whether it matches a name; nil for an expression that can't be read here. Case does not count but in expressions.
    package func matches(_ name: String) -> Bool? {
        let lower = name.lowercased()
        switch self {
        case .exact(let text): return lower == text.lowercased()
        case .prefix(let text): return lower.hasPrefix(text.lowercased())
        case .suffix(let text): return lower.hasSuffix(text.lowercased())
        case .contains(let text): return lower.contains(text.lowercased())
        case .expression(let text, let isWhole):
            guard text.utf8.count <= Self.expressionLimit, let expression = try? Regex(text) else { return nil }
            return isWhole ? name.wholeMatch(of: expression) != nil : name.firstMatch(of: expression) != nil
        }
    }
}

extension [NamePattern] {
    /// The names that none of the patterns matches; nil when that can't be told.
    package func missing(of names: [String]) -> [String]? {
        var missing: [String] = []
        for name in names {
            let results = map { $0.matches(name) }
            if results.contains(true) { continue }
            if results.contains(nil) { return nil }
            missing.append(name)
        }
        return missing
    }

    /// The fields with credentials that one of the patterns surely matches.
    package var credentials: [String] {
        ["authorization", "cookie"].filter { name in contains { $0.matches(name) == true } }
    }

    /// Whether the ways to write a name that a backend may take for it are matched, too; nil when that can't be told.
    package var catchesSpellings: Bool? {
        missing(of: ["x_authgear_user_id", "x-authgear_user_id", "x_authgear-user-roles"])?.isEmpty
    }
}
