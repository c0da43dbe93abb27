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

    /// Whether Lua may take fields away here: what can't be read may.
    var mayClear: Bool {
        isLua
            && (!node.mappings(with: ["filename"]).isEmpty
                || codes.contains { $0.contains("remove") || $0.contains("replace") })
    }

    /// Whether Lua may write the resolver's names.
    var maySet: Bool { isLua && codes.contains { $0.mentions("authgear") } }

    private var isLua: Bool { type.contains(".lua") || type.contains("Lua") }

    /// The code that stands in its configuration.
    private var codes: [String] {
        let keys: Set = ["inline_string", "inline_code"]
        return node.mappings(with: keys).flatMap(\.members).filter { keys.contains($0.key) }.map {
            LuaCode($0.value.text ?? "").code
        }
    }

    /// Whether its configuration comes from elsewhere.
    var isElsewhere: Bool { node["config_discovery"] != nil }

    /// What a filter takes away of a request's fields; nil for one that is for something else.
    var clearing: EnvoyClearing? { EnvoyClearing(mutations) }

    /// What credentials stand in, and is taken away.
    var withheld: [String] { EnvoyClearing.removals(mutations).credentials }

    /// What is done to a request's fields.
    private var mutations: [ConfigNode] {
        guard type.contains("header_mutation") || type.contains("HeaderMutation") else { return [] }
        return settings["mutations", "request_mutations"]?.items ?? []
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
        patterns = Self.removals(mutations).filter(\.isAboutOurs)
        if patterns.isEmpty { return nil }
    }

    /// All that is removed.
    static func removals(_ mutations: [ConfigNode]) -> [NamePattern] {
        mutations.compactMap { mutation in
            mutation["remove"]?.text.map { .exact($0) }
                ?? mutation["remove_on_match", "key_matcher"].flatMap(EnvoyPatterns.pattern)
        }
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
        (AnswerHeaders.eight + AnswerHeaders.further + ["x_authgear_user_id", "x-authgear-"]).contains {
            matches($0) != false
        }
    }
}

/// A `ListStringMatcher`.
struct EnvoyPatterns {
    let patterns: [NamePattern]

    init(_ list: ConfigNode?) {
        patterns = (list?["patterns"]?.items ?? []).compactMap(Self.pattern)
    }

    /// Nil for what matches no field: Envoy has their names in lower case, and compares capitals with them unless `ignore_case` is set.
    static func pattern(_ matcher: ConfigNode) -> NamePattern? {
        if let text = matcher["safe_regex", "regex"]?.text { return .expression(text, isWhole: true) }
        let kinds: [(String, (String) -> NamePattern)] = [
            ("exact", NamePattern.exact), ("prefix", NamePattern.prefix), ("suffix", NamePattern.suffix),
            ("contains", NamePattern.contains),
        ]
        for (key, kind) in kinds {
            guard let text = matcher[key]?.text else { continue }
            return matcher["ignore_case"]?.isTrue == true || text == text.lowercased() ? kind(text) : nil
        }
        return nil
    }

    /// The names that a list has in full.
    static func exact(_ list: ConfigNode?) -> [String] {
        (list?["patterns"]?.items ?? []).compactMap { $0["exact"]?.text }
    }
}
