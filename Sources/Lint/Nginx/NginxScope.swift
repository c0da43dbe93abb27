/// A level of nginx's configuration, with what it says and what it inherits.
///
/// A directive that stands in a level replaces all of that name which it would inherit; that is how each of those works that are
/// looked at here.
struct NginxScope {
    /// Its place among all levels.
    let id: Int
    /// `location` and what is one inside; nil for the file itself.
    let block: Directive?
    /// Which `server`, by its number; nil outside.
    let server: Int?
    let own: [String: [Directive]]
    let inherited: [String: [Directive]]

    init(
        _ directives: [Directive], id: Int, block: Directive?, server: Int?, inherited: [String: [Directive]]
    ) {
        self.id = id
        self.block = block
        self.server = server
        self.inherited = inherited
        own = Dictionary(grouping: directives.filter { $0.block == nil }) { Self.key($0.name) }
    }

    /// The ways to say the same: `access_by_lua_block`, `access_by_lua_file`.
    private static func key(_ name: String) -> String {
        for phase in ["access_by_lua", "rewrite_by_lua"] where name.hasPrefix(phase) { return phase }
        return name
    }

    /// What holds in this level and is inherited by the next.
    var effective: [String: [Directive]] { inherited.merging(own) { _, own in own } }

    func settings(_ name: String) -> [Directive] { own[name] ?? inherited[name] ?? [] }

    /// The first argument of a directive that stands once.
    func value(_ name: String) -> String? { settings(name).last?.argument(0) }

    /// Whether a flag is `on` or `off`, which nginx reads without case.
    func value(_ name: String, is flag: String) -> Bool { value(name)?.lowercased() == flag }

    /// Who is asked before anything is answered here.
    var ask: Directive? { settings("auth_request").last.flatMap { $0.argument(0) == "off" ? nil : $0 } }

    /// Whether something is included that can't be read.
    var isUnresolved: Bool { own["include"] != nil }

    /// What passes requests on, here.
    var passes: [Directive] { NginxPass.allCases.flatMap { own[$0.rawValue] ?? [] } }

    /// Where `proxy_pass` leads, without the path.
    var authority: String? { own["proxy_pass"]?.first.map { OurNames.authority(of: $0.argument(0)) } }

    /// Whether `proxy_pass` leads to a path that the resolver is asked under, or to the shipped upstream without a path.
    var passesQuestion: Bool {
        guard let url = own["proxy_pass"]?.first?.argument(0) else { return false }
        return OurNames.path(of: url).map { OurNames.isQuestion(path: $0) }
            ?? OurNames.isShipped(authority: OurNames.authority(of: url))
    }

    /// Whether it is a location that clients reach and that answers by itself, with files or by code. `return` and `rewrite` come before
    /// a question.
    var answersItself: Bool {
        block?.name == "location" && block?.argument(0).hasPrefix("@") == false && passes.isEmpty
            && ["return", "rewrite", "internal"].allSatisfy { own[$0] == nil }
    }

    /// What is named by `proxy_set_header` and its like, in lower case. nginx sends all values of a name that is set twice.
    func fields(_ directive: String) -> [String: [Directive]] {
        Dictionary(grouping: settings(directive)) { $0.argument(0).lowercased() }
    }

    /// `location /account/`.
    var title: String { block.map { $0.words.joined(separator: " ") } ?? "what stands here" }

    /// The path of a location without its modifier; nil for one by a pattern or a name.
    var path: String? {
        guard let block, block.name == "location" else { return nil }
        switch block.argument(0) {
        case "=", "^~": return block.argument(1)
        case "~", "~*": return nil
        case let path: return path.hasPrefix("@") ? nil : path
        }
    }

    /// The statuses that `return` answers with here, in some case or in all. A URL alone is a redirect.
    var statuses: [Int] { (block?.all ?? []).filter { $0.name == "return" }.map { Int($0.argument(0)) ?? 302 } }

    /// The pattern of a location by one.
    var expression: NamePattern? {
        guard let block, block.name == "location", ["~", "~*"].contains(block.argument(0)) else { return nil }
        let flags = block.argument(0) == "~*" ? "(?i)" : ""
        return .expression(flags + block.argument(1), isWhole: false)
    }
}

/// The directives that pass a request on, each with what sets a field there.
enum NginxPass: String, CaseIterable {
    case proxy = "proxy_pass"
    case grpc = "grpc_pass"
    case fastCGI = "fastcgi_pass"
    case uWSGI = "uwsgi_pass"
    case sCGI = "scgi_pass"

    /// What sets a field.
    var setting: String {
        switch self {
        case .proxy: "proxy_set_header"
        case .grpc: "grpc_set_header"
        case .fastCGI: "fastcgi_param"
        case .uWSGI: "uwsgi_param"
        case .sCGI: "scgi_param"
        }
    }

    /// What keeps all fields of the client's back when it is `off`.
    var handingOn: String { rawValue.replacing("_pass", with: "_pass_request_headers") }

    /// A field's name in its words.
    func name(of field: String) -> String {
        switch self {
        case .proxy, .grpc: field
        case .fastCGI, .uWSGI, .sCGI: "http_" + field.replacing("-", with: "_")
        }
    }
}
