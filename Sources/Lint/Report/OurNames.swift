import Bytes

/// The names that only the resolver may write.
package enum OurNames {
    /// What each place of a configuration has to set or clear, when these names stand somewhere in it: where a configuration knows one
    /// of policies or assertions, it has to know each everywhere.
    package static func required(whereSaid names: some Sequence<String>) -> [String] {
        let (eight, further) = (AnswerHeaders.eight, AnswerHeaders.further)
        return Set(names.map { $0.lowercased() }).isDisjoint(with: further) ? eight : eight + further
    }

    /// As texts for people: `a, b and 3 more`.
    package static func list(_ names: [String]) -> String {
        names.count <= 3
            ? names.joined(separator: ", ") : names.prefix(2).joined(separator: ", ") + " and \(names.count - 2) more"
    }

    /// Whether a path is one that the resolver is asked under.
    package static func isQuestion(path: some StringProtocol) -> Bool {
        path == "/resolve" || path == "/require" || path.hasPrefix("/policy/") || path.hasSuffix("_resolver/resolve")
    }

    /// Whether a host is the resolver by the name that all shipped files have for it, with or without a domain and a port.
    package static func isShipped(authority: String) -> Bool {
        authority.prefix { $0 != ":" && $0 != "." } == "authgear-resolver"
    }

    /// The path of a URL, or of what is written like one, without its query; nil where there is none.
    package static func path(of url: String) -> String? {
        var rest = url[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        return String(rest[slash...].prefix { $0 != "?" })
    }

    /// The host and port of a URL.
    package static func authority(of url: String) -> String {
        var rest = url[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        return String(rest.prefix { $0 != "/" && $0 != "?" })
    }
}
