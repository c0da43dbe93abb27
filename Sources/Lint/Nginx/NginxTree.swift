/// All levels of an nginx configuration, and what stands once in it.
struct NginxTree {
    private(set) var scopes: [NginxScope] = []
    /// `upstream` blocks by name.
    private(set) var upstreams: [String: Directive] = [:]
    /// Whether the whole configuration is seen: what is not defined in it is defined nowhere.
    let isWhole: Bool
    /// What a variable is made of, by `set`, `auth_request_set` and `map`.
    private(set) var variables: [String: [String]] = [:]
    /// What regular expressions capture by name, each with its `$`, in lower case.
    private var captures: Set<String> = []
    private var servers = 0
    let all: [Directive]
    /// Blocks whose requests are not HTTP.
    private(set) var foreign: [Directive] = []

    init(_ directives: [Directive]) {
        all = directives.flatMap(\.all)
        isWhole = directives.contains { $0.name == "http" }
        for directive in all { define(directive) }
        // Of a map those capture what the client says whose source is that.
        for map in all where map.name == "map" && isClients(map.argument(0)) {
            captures.formUnion(Self.captures(in: (map.block ?? []).flatMap(\.words)))
        }
        walk(directives, block: nil, server: nil, inherited: [:])
    }

    /// The variables of `(?<name>…)`.
    private static func captures(in words: [String]) -> [String] {
        words.filter { $0.contains("(?") }.flatMap { word in
            ["(?<", "(?P<", "(?'"].flatMap { word.ranges(of: $0) }.map { range in
                "$" + word[range.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }.lowercased()
            }
        }
    }

    private mutating func define(_ directive: Directive) {
        if ["location", "server_name", "rewrite", "if"].contains(directive.name) {
            captures.formUnion(Self.captures(in: directive.words))
        }
        switch directive.name {
        case "set", "auth_request_set":
            variables[directive.argument(0).lowercased(), default: []].append(directive.argument(1))
        case "map":
            let values = (directive.block ?? []).filter { !["hostnames", "volatile"].contains($0.name) }.map {
                $0.words.last ?? ""
            }
            variables[directive.argument(1).lowercased(), default: []] += values
        case "upstream": upstreams[directive.argument(0)] = directive
        default: break
        }
    }

    private mutating func walk(
        _ directives: [Directive], block: Directive?, server: Int?, inherited: [String: [Directive]]
    ) {
        let scope = NginxScope(
            directives, id: scopes.count, block: block, server: server, inherited: inherited)
        scopes.append(scope)
        for directive in directives {
            guard let inner = directive.block else { continue }
            switch directive.name {
            case "server":
                servers += 1
                walk(inner, block: directive, server: servers, inherited: scope.effective)
            case "http", "location", "if", "limit_except":
                walk(inner, block: directive, server: server, inherited: scope.effective)
            case "stream", "mail": foreign.append(directive)
            default: break
            }
        }
    }

    /// The names of ours that each place has to set or clear.
    var requiredNames: [String] {
        let set = all.filter { $0.name == "proxy_set_header" }
        let named = OurNames.required(whereSaid: set.map { $0.argument(0) })
        // What `gateway nginx` prints for headers of the configuration's own.
        let own = set.filter { $0.argument(1).hasPrefix("$authgear_header_") }.map { $0.argument(0).lowercased() }
        return named + Set(own).subtracting(named).sorted()
    }

    /// Whether a value holds what the client says, in its fields, its URL or its body.
    func isClients(_ value: String) -> Bool {
        sources(of: value).contains { source in
            let name = source.dropFirst()
            return source.hasPrefix("$")
                && (["http_", "arg_", "cookie_"].contains(where: name.hasPrefix) || Self.clientVariables.contains(name)
                    || name.first?.isNumber == true || captures.contains(source))
        }
    }

    private static let clientVariables: Set<Substring> = [
        "args", "query_string", "uri", "document_uri", "request_uri", "request", "request_body", "host",
    ]

    /// Whether a field `Connection` with this value may end the connection: `close`, or what the client said.
    func closes(_ value: String) -> Bool {
        sources(of: value).contains { $0 == "close" || $0 == "$http_connection" }
    }

    /// What a value is made of, in lower case: itself, its variables, and what those are made of.
    private func sources(of value: String) -> [String] {
        var (sources, seen, index) = ([value.lowercased()], Set<String>(), 0)
        while index < sources.count {
            for name in Self.variables(in: sources[index]) where seen.insert(name).inserted {
                sources += [name] + (variables[name] ?? []).map { $0.lowercased() }
            }
            index += 1
        }
        return sources
    }

    /// `$name` of `$name` and `${name}`, in lower case, as nginx reads them.
    private static func variables(in value: String) -> [String] {
        value.split(separator: "$", omittingEmptySubsequences: false).dropFirst().map { text in
            "$" + text.drop { $0 == "{" }.prefix { $0.isLetter || $0.isNumber || $0 == "_" }.lowercased()
        }
    }

    /// Whether a variable always names an `upstream`.
    func namesUpstreams(_ variable: String) -> Bool {
        let values = Self.variables(in: variable).first.flatMap { variables[$0] } ?? []
        return !values.isEmpty && values.allSatisfy { upstreams[OurNames.authority(of: $0)] != nil }
    }

    /// The locations that answer what a level asks; `http` asks in each of its servers.
    func locations(answering ask: Directive, in scope: NginxScope) -> [NginxScope] {
        let servers = scope.server.map { [$0] } ?? Array(0...servers)
        return servers.compactMap { location(answering: ask.argument(0), in: $0 > 0 ? $0 : nil) }
    }

    /// The location of a server that answers an internal request for a path.
    func location(answering path: String, in server: Int?) -> NginxScope? {
        let candidates = scopes.filter { $0.server == server && $0.path != nil }
        if let exact = candidates.first(where: { $0.block?.argument(0) == "=" && $0.path == path }) { return exact }
        let longest = candidates.filter { $0.block?.argument(0) != "=" && path.hasPrefix($0.path ?? "/") }
            .max { ($0.path ?? "").utf8.count < ($1.path ?? "").utf8.count }
        if longest?.block?.argument(0) == "^~" { return longest }
        return scopes.first { $0.server == server && $0.expression?.matches(path) == true } ?? longest
    }

    /// A location by its name, such as `@authgear_error`.
    func location(named name: String, in server: Int?) -> NginxScope? {
        scopes.first { $0.server == server && $0.block?.name == "location" && $0.block?.argument(0) == name }
    }
}
