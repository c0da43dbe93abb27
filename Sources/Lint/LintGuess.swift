/// Which kind of configuration a file is, by its name and by what stands in it.
enum LintGuess {
    static func isTree(_ path: String, _ text: String) -> Bool {
        let name = path.fileName.lowercased()
        if [".yaml", ".yml", ".json"].contains(where: name.hasSuffix) { return true }
        guard !name.contains("caddyfile") else { return false }
        // A JSON text under another name.
        return text.first { !$0.isWhitespace } == "{"
            && text.drop { $0 != "{" }.dropFirst().first { !$0.isWhitespace } == "\""
    }

    static func kind(of documents: [ConfigNode]) -> LintKind? {
        let has = { (keys: Set<String>) in documents.contains { !$0.mappings(with: keys).isEmpty } }
        let isAtTop = { (keys: [String]) in documents.contains { root in keys.contains { root[$0] != nil } } }
        if isAtTop(["_format_version"]) { return .kong }
        if has([
            "http_filters", "httpFilters", "failure_mode_allow", "failureModeAllow", "ext_authz", "envoyExtAuthzHttp",
            "envoyExtAuthzGrpc", "extAuth",
        ])
            || isAtTop(["static_resources", "dynamic_resources", "staticResources", "dynamicResources"])
        {
            return .envoy
        }
        if isAtTop(["entryPoints", "providers"]) || has(["forwardAuth"]) { return .traefik }
        if documents.contains(where: {
            $0["http", "routers"] ?? $0["http", "middlewares"] ?? $0["http", "services"] != nil
        }) {
            return .traefik
        }
        let routes = documents.flatMap { $0["routes"]?.items ?? [] }
        if routes.contains(where: { $0["uri"] ?? $0["uris"] != nil }) { return .apisix }
        let services = documents.flatMap { $0["services"]?.items ?? [] }
        return services.contains { $0["routes"] != nil || $0["url"] != nil } ? .kong : nil
    }

    static func kind(of text: String, named path: String) -> LintKind? {
        let name = path.fileName.lowercased()
        if name.contains("caddyfile") || name.hasSuffix(".caddy") { return .caddy }
        let lines = text.split(whereSeparator: \.isNewline).map(\.trimmed).filter { !$0.hasPrefix("#") && !$0.isEmpty }
        if lines.contains(where: isApache) { return .apache }
        if lines.contains(where: isHAProxy) { return .haproxy }
        if lines.contains(where: isNginx) { return .nginx }
        if lines.contains(where: isCaddy) { return .caddy }
        return name.hasSuffix(".cfg") ? .haproxy : nil
    }

    private static func words(_ line: Substring) -> [Substring] { line.split(whereSeparator: \.isWhitespace) }

    private static func isApache(_ line: Substring) -> Bool {
        let sections = ["<Location", "<VirtualHost", "<Directory", "<IfModule", "<Proxy", "<Files"]
        if sections.contains(where: line.hasPrefix) { return true }
        let directives = ["LoadModule", "ProxyPass", "ProxyPassMatch", "LuaHookAccessChecker", "ServerRoot"]
        return directives.contains { line.hasPrefix($0 + " ") } && !line.contains { ";{".contains($0) }
    }

    private static func isHAProxy(_ line: Substring) -> Bool {
        let words = words(line.prefix { $0 != "#" })
        guard !line.contains(where: { ";{".contains($0) }) else { return words.first == "http-request" }
        switch words.first {
        case "global", "defaults": return words.count <= 2
        case "frontend", "backend", "listen": return words.count == 2
        case "http-request": return true
        default: return false
        }
    }

    /// A line that ends with a semicolon, or has one behind a directive in a block.
    private static func isNginx(_ line: Substring) -> Bool {
        line.prefix { $0 != "#" }.trimmed.hasSuffix(";") || line.contains(";") && line.contains("{")
    }

    private static func isCaddy(_ line: Substring) -> Bool {
        words(line).first.map {
            ["reverse_proxy", "forward_auth", "import", "request_header", "handle", "route"].contains($0)
        } == true
    }
}

extension Substring {
    /// Without white space at both ends.
    var trimmed: Substring {
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
