import Bytes

/// A proxy: `frontend`, `backend` or `listen`, with the defaults that hold for it.
struct HAProxySection {
    let directive: Directive
    let defaults: [Directive]

    var kind: String { directive.name }
    var name: String { directive.argument(0) }
    var spot: Spot { directive.spot }
    var own: [Directive] { directive.block ?? [] }

    /// The proxies of a configuration.
    static func all(in sections: [Directive]) -> [HAProxySection] {
        var (found, defaults) = ([HAProxySection](), [Directive]())
        var named: [String: [Directive]] = [:]
        for section in sections {
            switch section.name {
            case "defaults":
                defaults = section.block ?? []
                if let from = section.words.firstIndex(of: "from"), section.words.indices.contains(from + 1) {
                    defaults = (named[section.words[from + 1]] ?? []) + defaults
                }
                named[section.argument(0)] = defaults
            case "frontend", "backend", "listen":
                let from = section.words.firstIndex(of: "from").flatMap { index in
                    section.words.indices.contains(index + 1) ? named[section.words[index + 1]] : nil
                }
                found.append(HAProxySection(directive: section, defaults: from ?? defaults))
            default: break
            }
        }
        return found
    }

    /// The last directive that begins with these words, of its own or of the defaults.
    func setting(_ words: String...) -> Directive? {
        own.last { $0.words.starts(with: words) } ?? defaults.last { $0.words.starts(with: words) }
    }

    /// Without `mode`, HAProxy's own is TCP; rules for requests say that HTTP is meant.
    var isHTTP: Bool { setting("mode").map { $0.argument(0) == "http" } ?? !rules.isEmpty }
    var isFrontend: Bool { kind != "backend" }
    var hasServers: Bool {
        kind != "frontend"
            && own.contains { ["server", "server-template", "use-server", "dispatch"].contains($0.name) }
    }

    /// The rules for requests, in order.
    var rules: [Directive] { (defaults + own).filter { $0.name == "http-request" } }

    /// The names of the backends that it passes requests to.
    var targets: [String] {
        own.filter { ["default_backend", "use_backend"].contains($0.name) }.map { $0.argument(0) }
    }

    /// The addresses that it listens on.
    var addresses: [String] { own.filter { $0.name == "bind" }.map { $0.argument(0) } }
}

/// What rules for requests do about the resolver's names.
struct HAProxyRules {
    /// What is taken away before anybody is asked.
    private(set) var clearings: [(rule: Directive, pattern: NamePattern)] = []
    /// What asks, first.
    private(set) var ask: Directive?
    /// What is taken away behind that.
    private(set) var late: Directive?
    /// The names that are set whatever the request, and the first rule that does.
    private(set) var set: Set<String> = []
    private(set) var setting: Directive?
    /// What sets a name to what the client said.
    private(set) var copying: Directive?
    /// What answers from a cache before anybody is asked.
    private(set) var cache: Directive?
    private(set) var answersOutage = false

    init(_ rules: [Directive]) {
        for rule in rules { take(rule) }
    }

    private mutating func take(_ rule: Directive) {
        let isAlways = !rule.words.contains { $0 == "if" || $0 == "unless" }
        let name = rule.argument(1).lowercased()
        switch rule.argument(0) {
        case "del-header" where isAlways:
            let pattern = Self.pattern(rule)
            guard AnswerHeaders.eight.contains(where: { pattern.matches($0) != false }) else { return }
            if ask == nil { clearings.append((rule, pattern)) } else { late = late ?? rule }
        case "set-header" where isAlways && name.hasPrefix("x-authgear-"):
            if rule.argument(2).mentions("hdr(x-authgear") || rule.argument(2).mentions("hdr(x_authgear") {
                copying = rule
            } else {
                set.insert(name)
                setting = setting ?? rule
            }
        case "cache-use" where ask == nil: cache = rule
        case let action where action.hasPrefix("lua.") && Self.asks(rule): ask = ask ?? rule
        case "return", "deny", "tarpit", "reject":
            let status = rule.words.firstIndex { ["status", "deny_status"].contains($0) }
            if let status, ask != nil, rule.argument(status) == "503" { answersOutage = true }
        default: break
        }
    }

    private static func asks(_ rule: Directive) -> Bool {
        rule.argument(0).contains("auth")
            || rule.arguments.contains { OurNames.path(of: $0).map { OurNames.isQuestion(path: $0) } == true }
    }

    private static func pattern(_ rule: Directive) -> NamePattern {
        let name = rule.argument(1)
        guard let flag = rule.words.firstIndex(of: "-m") else { return .exact(name) }
        switch rule.words.indices.contains(flag + 1) ? rule.words[flag + 1] : "" {
        case "reg": return .expression(name, isWhole: false)
        case "beg": return .prefix(name)
        case "end": return .suffix(name)
        case "sub": return .contains(name)
        default: return .exact(name)
        }
    }

    /// The names that nothing is done about; nil when that can't be told.
    func missing(of names: [String]) -> [String]? {
        clearings.map(\.pattern).missing(of: names)?.filter { !set.contains($0) }
    }
}
