import Bytes

/// What rules for requests do about the resolver's names.
struct HAProxyRules {
    /// What is taken away before anybody is asked.
    private(set) var clearings: [(rule: Directive, pattern: NamePattern)] = []
    /// What credentials stand in, and is taken away before anybody is asked.
    private(set) var withheld: [(name: String, rule: Directive)] = []
    /// What asks, first.
    private(set) var ask: Directive?
    /// What is taken away behind that.
    private(set) var late: Directive?
    /// The names that are set whatever the request, and the first rule that does.
    private(set) var set: Set<String> = []
    private(set) var setting: Directive?
    /// What sets a name to what the client said.
    private(set) var copying: Directive?
    /// What ends the rules of its section, in which something is taken away behind it.
    private(set) var bypass: Directive?
    /// What ends those of the section at hand, before anything is taken away.
    private var allowing: Directive?
    /// What answers from a cache before anybody is asked.
    private(set) var cache: Directive?
    private(set) var answersOutage = false
    /// Variables that rules set before anybody is asked: the others are what the question leaves.
    private var variables: Set<String> = []
    /// Variables that hold what the client said.
    private var clients: Set<String> = []
    /// What was tested to find out who is asked, and whether.
    private var tests: Set<String> = []

    /// - Parameter conditions: the `acl` that the rules name.
    /// - Parameter sections: what a request goes through, one after another, each with its rules.
    init(_ sections: [[Directive]], _ conditions: [Directive], _ scripts: HAProxyScripts) {
        for rules in sections {
            allowing = nil
            for rule in rules { take(rule, HAProxyCondition(rule, conditions), scripts) }
        }
    }

    private mutating func take(_ rule: Directive, _ condition: HAProxyCondition?, _ scripts: HAProxyScripts) {
        let isAlways = condition == nil
        let name = rule.argument(1).lowercased()
        switch rule.argument(0) {
        case "del-header" where isAlways:
            let pattern = Self.pattern(rule)
            if ask == nil { withheld += [pattern].credentials.map { ($0, rule) } }
            let ours = AnswerHeaders.eight + AnswerHeaders.further
            guard ours.contains(where: { pattern.matches($0) != false }) else { return }
            if let copied = copying, pattern.matches(copied.argument(1)) == true { copying = nil }
            if clearings.isEmpty { bypass = bypass ?? allowing }
            if ask == nil { clearings.append((rule, pattern)) } else { late = late ?? rule }
        case "set-header", "add-header", "replace-header", "replace-value":
            guard name.hasPrefix("x-authgear-") else { return }
            if rule.arguments.dropFirst(2).contains(where: isClients) {
                copying = copying ?? rule
            } else if isAlways, rule.argument(0) == "set-header" {
                set.insert(name)
                setting = setting ?? rule
            }
        case "allow" where ask == nil && clearings.isEmpty: allowing = allowing ?? rule
        case "cache-use" where ask == nil: cache = rule
        case let action where ["set-var(", "set-var-fmt(", "unset-var("].contains(where: action.hasPrefix):
            let variable = String(action.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" && $0 != "," })
            if isClients("%[\(rule.argument(1))]") { clients.insert(variable) }
            guard ask == nil else { return }
            tests.formUnion(condition?.tests ?? [])
            // A number may be what the question is to change.
            if ["int(", "bool("].contains(where: rule.argument(1).hasPrefix) { return }
            variables.insert(variable)
        case _ where scripts.ask(rule):
            tests.formUnion(condition?.tests ?? [])
            ask = ask ?? rule
        case "return", "deny", "tarpit", "reject":
            let status = rule.words.firstIndex { ["status", "deny_status"].contains($0) }
            guard let status, ask != nil, rule.argument(status) == "503" else { return }
            guard let condition else { return answersOutage = true }
            if condition.mayMeanNoAnswer, condition.isAbout(othersThan: variables, among: tests) {
                answersOutage = true
            }
        default: break
        }
    }

    private static let clientFetches = [
        "req.", "hdr(", "url", "cook", "path", "query", "base", "body", "capture.req", "method",
    ]

    /// Whether a format has something in it that the client says.
    private func isClients(_ format: String) -> Bool {
        format.ranges(of: "%[").contains { range in
            let fetch = format[range.upperBound...]
            guard fetch.hasPrefix("var(") else { return Self.clientFetches.contains(where: fetch.hasPrefix) }
            return clients.contains(String(fetch.dropFirst(4).prefix { $0 != ")" && $0 != "," }))
        }
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
