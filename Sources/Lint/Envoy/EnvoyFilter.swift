import Bytes

/// A filter of an HTTP connection manager.
struct EnvoyFilter {
    let node: ConfigNode
    let name: String
    /// The type of its configuration, or its name where that says what it is.
    let type: String

    init(_ node: ConfigNode) {
        self.node = node
        name = node["name"]?.text ?? "ext_authz"
        type = "\(node["name"]?.text ?? "") \(Self.type(of: node["typed_config"]))"
    }

    /// Of a `TypedStruct` that of what it holds.
    private static func type(of configuration: ConfigNode?) -> String {
        guard let type = configuration?["@type"]?.text else { return "" }
        return type.contains("TypedStruct") ? "\(type) \(configuration?["type_url"]?.text ?? "")" : type
    }

    var settings: ConfigNode {
        let configuration = node["typed_config"] ?? node["config"] ?? node
        return type.contains("TypedStruct") ? configuration["value"] ?? configuration : configuration
    }

    var isOff: Bool { node["disabled"]?.isTrue == true }

    var isAuthorization: Bool { type.contains("ext_authz") && !type.contains("PerRoute") }

    /// What a filter takes away of a request's fields; nil for one that is for something else.
    var clearing: EnvoyClearing? {
        guard type.contains("header_mutation") || type.contains("HeaderMutation") else { return nil }
        return EnvoyClearing(settings["mutations", "request_mutations"]?.items ?? [])
    }

    /// Whether the resolver is handed the client's own fields under its names, and can have them removed.
    var handsOnOurs: Bool {
        EnvoyPatterns(settings["allowed_headers"]).patterns.contains { pattern in
            if case .exact = pattern { return false }
            return pattern.matches("x-authgear-user-id") == true
        }
    }

    /// Every `ext_authz` of a document, in chains of filters or by itself, as what generates configurations has it.
    static func authorizations(in document: ConfigNode) -> [EnvoyFilter] {
        let filters = document.mappings(with: ["typed_config"]).map { EnvoyFilter($0) }.filter(\.isAuthorization)
        guard filters.isEmpty else { return filters.filter { !$0.isOff } }
        let bare = document.mappings(with: ["http_service", "grpc_service"])
        return bare.filter { $0["failure_mode_allow"] != nil || $0["transport_api_version"] != nil }.map {
            EnvoyFilter($0)
        }
    }
}

/// What is removed from a request, before anybody is asked.
struct EnvoyClearing {
    let patterns: [NamePattern]

    /// - Parameter mutations: the items of `request_mutations`.
    init?(_ mutations: [ConfigNode]) {
        patterns = mutations.flatMap { mutation -> [NamePattern] in
            if let name = mutation["remove"]?.text { return [.exact(name)] }
            guard let matcher = mutation["remove_on_match", "key_matcher"] else { return [] }
            return EnvoyPatterns.pattern(matcher).map { [$0] } ?? []
        }.filter(\.isAboutOurs)
        if patterns.isEmpty { return nil }
    }

    /// What a connection manager takes away before its filters run.
    init?(early chain: ConfigNode) {
        let extensions = chain["early_header_mutation_extensions"]?.items ?? []
        self.init(extensions.flatMap { $0["typed_config", "mutations"]?.items ?? [] })
    }
}

extension NamePattern {
    /// Whether it may be meant for the resolver's names; expressions that can't be read may.
    fileprivate var isAboutOurs: Bool {
        (AnswerHeaders.eight + ["x_authgear_user_id", "x-authgear-"]).contains { matches($0) != false }
    }
}

/// A `ListStringMatcher`.
struct EnvoyPatterns {
    let patterns: [NamePattern]

    init(_ list: ConfigNode?) {
        patterns = (list?["patterns"]?.items ?? []).compactMap(Self.pattern)
    }

    static func pattern(_ matcher: ConfigNode) -> NamePattern? {
        if let text = matcher["exact"]?.text { return .exact(text) }
        if let text = matcher["prefix"]?.text { return .prefix(text) }
        if let text = matcher["suffix"]?.text { return .suffix(text) }
        if let text = matcher["contains"]?.text { return .contains(text) }
        return matcher["safe_regex", "regex"]?.text.map { .expression($0, isWhole: true) }
    }

    /// The names that a list has in full.
    static func exact(_ list: ConfigNode?) -> [String] {
        (list?["patterns"]?.items ?? []).compactMap { $0["exact"]?.text }
    }
}
