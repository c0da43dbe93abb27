/// The scripts that a configuration loads, as far as they are about the resolver.
struct HAProxyScripts {
    private(set) var all: [(file: String, code: LuaCode)] = []
    /// The actions that they register.
    private var actions: Set<String> = []

    init(_ global: [Directive], beside file: String, _ run: inout LintRun) {
        for load in global where ["lua-load", "lua-load-per-thread"].contains(load.name) {
            let path = load.argument(0)
            let places = [path.path(from: file.folder), path, path.fileName.path(from: file.folder)]
            guard let (found, text) = run.first(of: places) else {
                run.report.note(at: load.spot, "\(path) can't be read")
                continue
            }
            let code = LuaCode(text)
            guard code.code.mentions("authgear") else { continue }
            all.append((found, code))
            actions.formUnion(code.texts(behind: "register_action"))
        }
    }

    /// Whether a rule asks the resolver: by such an action, by haproxy-auth-request, or by what is handed one of its paths.
    func ask(_ rule: Directive) -> Bool {
        guard rule.argument(0).hasPrefix("lua.") else { return false }
        let action = String(rule.argument(0).dropFirst("lua.".count))
        return action.contains("authgear") || ["auth-request", "auth-intercept"].contains(action)
            || actions.contains(action)
            || rule.arguments.contains { OurNames.path(of: $0).map { OurNames.isQuestion(path: $0) } == true }
    }
}
