import Bytes

/// In which order Caddy runs directives, whatever the order in the file.
struct CaddyOrder {
    private var names = [
        "tracing", "map", "vars", "fs", "root", "log_append", "skip_log", "log_skip", "log_name", "header",
        "copy_response_headers", "request_body", "redir", "method", "rewrite", "uri", "try_files", "basicauth",
        "basic_auth",
        "forward_auth", "request_header", "encode", "push", "intercept", "templates", "invoke", "handle", "handle_path",
        "route",
        "abort", "error", "copy_response", "respond", "metrics", "reverse_proxy", "php_fastcgi", "file_server",
        "acme_server",
    ]

    /// - Parameter options: the global ones; `order` changes the order.
    init(_ options: [Directive]) {
        for option in options where option.name == "order" {
            let (name, place, other) = (option.argument(0), option.argument(1), option.argument(2))
            names.removeAll { $0 == name }
            let index = names.firstIndex(of: other)
            switch place {
            case "first": names.insert(name, at: 0)
            case "before": names.insert(name, at: index ?? 0)
            case "after": names.insert(name, at: index.map { $0 + 1 } ?? names.endIndex)
            default: names.append(name)
            }
        }
    }

    func sorted(_ directives: [Directive]) -> [Directive] {
        directives.enumerated().map { (rank($0.element.name), $0.offset, $0.element) }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }

    private func rank(_ name: String) -> Int { names.firstIndex(of: name) ?? names.count }
}

/// A directive of Caddy's that may have a matcher first.
struct CaddyDirective {
    let directive: Directive
    /// Whether it is for some requests alone.
    let isConditional: Bool
    /// Without the matcher.
    let arguments: [String]

    init(_ directive: Directive) {
        self.directive = directive
        let first = directive.argument(0)
        let isMatcher = first == "*" || first.hasPrefix("@") || first.hasPrefix("/")
        isConditional = isMatcher && first != "*"
        arguments = isMatcher ? Array(directive.arguments.dropFirst()) : directive.arguments
    }

    /// What `request_header` or `header_up` does about a name, as a pattern that is taken away or replaced; nil when it adds, or sets
    /// what the client said.
    static func clearing(_ arguments: [String]) -> NamePattern? {
        guard let field = arguments.first else { return nil }
        guard field.hasPrefix("-") else {
            let isCopy = arguments.dropFirst().contains(where: isClients)
            return field.hasPrefix("+") || field.hasPrefix("?") || isCopy ? nil : .exact(field)
        }
        let name = field.dropFirst()
        // One at each end: what stands between two is a character like others.
        let isOpen = (start: name.hasPrefix("*"), end: name.count > 1 && name.hasSuffix("*"))
        let text = String(name.dropFirst(isOpen.start ? 1 : 0).dropLast(isOpen.end ? 1 : 0))
        switch isOpen {
        case (true, true): return .contains(text)
        case (true, false): return .suffix(text)
        case (false, true): return .prefix(text)
        case (false, false): return .exact(text)
        }
    }

    /// Whether a value has something in it that the client says.
    private static func isClients(_ value: String) -> Bool {
        ["header.", "query", "uri", "path", "cookie.", "re.", "regexp.", "host", "orig_"].contains { name in
            value.mentions("{\(name)") || value.mentions("{http.request.\(name)")
        }
    }

    /// The name of ours that `request_header` or `header_up` sets to what the client says; nil when it does not. What stands under our
    /// names themselves is the resolver's, once it was asked.
    static func said(_ arguments: [String]) -> String? {
        let name = (arguments.first ?? "").drop { "+?>".contains($0) }.lowercased()
        let isSaid = arguments.dropFirst().contains { isClients($0) && !$0.mentions("header.x-authgear-") }
        return name.hasPrefix("x-authgear-") && isSaid ? name : nil
    }

    /// The fields with credentials that are taken away.
    static func withheld(_ arguments: [String]) -> [String] {
        let isEmptied = arguments.count == 2 && arguments[1].isEmpty
        guard arguments.first?.hasPrefix("-") == true || isEmptied, let pattern = clearing(arguments) else { return [] }
        return [pattern].credentials
    }

    /// The pattern, where it is about the resolver's names.
    static func ourClearing(_ arguments: [String]) -> NamePattern? {
        guard let pattern = clearing(arguments) else { return nil }
        return AnswerHeaders.eight.contains { pattern.matches($0) == true } ? pattern : nil
    }
}
