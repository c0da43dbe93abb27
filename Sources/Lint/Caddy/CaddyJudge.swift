/// Judges a Caddyfile with what it imports. Takes a text; gives findings.
struct CaddyJudge {
    /// What has become of a request up to a directive.
    private struct State {
        var cleared: [(pattern: NamePattern, spot: Spot)] = []
        /// What credentials stand in, and is taken away before anybody is asked.
        var withheld: [(name: String, spot: Spot)] = []
        var hasAsked = false
    }

    private static let longestWait = 8.0
    private static let directives: Set = [
        "route", "handle", "handle_path", "reverse_proxy", "php_fastcgi", "forward_auth", "request_header",
        "handle_errors", "header",
        "import",
    ]

    private let order: CaddyOrder
    private let names: [String]
    private let routes: [String: Directive]
    private var report: LintReport
    /// Where the site in question asks first.
    private var asking: Spot?

    static func judge(_ text: String, of file: String, run: inout LintRun) {
        var imports = CaddyImports()
        guard let directives = imports.expand(file: text, of: file, run: &run) else { return }
        let unused = imports.unused(run: &run)
        var judge = CaddyJudge(directives, unused, imports.snippets, run.report)
        judge.judge(directives, unused)
        run.report = judge.report
    }

    private init(
        _ directives: [Directive], _ unused: [Directive], _ snippets: [String: Directive], _ report: LintReport
    ) {
        self.report = report
        order = CaddyOrder(directives.first { $0.words.isEmpty }?.block ?? [])
        routes = snippets.filter { $0.key.hasPrefix("&") }
        let all = (directives + unused).flatMap(\.all)
        let questions = all.compactMap { CaddyQuestion($0) }
        names = OurNames.required(
            whereSaid: questions.flatMap(\.copied) + questions.flatMap(\.answered) + all.flatMap(\.words))
    }

    private mutating func find(_ rule: LintRule, at spot: Spot, _ detail: String) {
        report.find(rule, in: .caddy, at: spot, detail)
    }

    private mutating func judge(_ directives: [Directive], _ unused: [Directive]) {
        let sites = directives.filter {
            $0.block != nil && !$0.words.isEmpty && !$0.name.hasPrefix("&(") && !Self.directives.contains($0.name)
        }
        for site in sites { judge(site: site.block ?? [], at: site.spot, named: site.words.joined(separator: " ")) }
        // A file with one site has no braces, and one that a site imports has no address.
        let bare = directives.filter { Self.directives.contains($0.name) && $0.name != "import" }
        if let first = bare.first {
            let hasAddress = directives.contains { $0.block == nil && !Self.directives.contains($0.name) }
            judge(site: bare, at: first.spot, named: "what stands here", isWhole: hasAddress)
        }
        for snippet in unused {
            var state = State()
            walk(snippet.block ?? [], isSorted: false, isFragment: true, &state)
        }
    }

    private mutating func judge(site: [Directive], at spot: Spot, named name: String, isWhole: Bool = true) {
        asking = nil
        var state = State()
        walk(site, isSorted: true, isFragment: false, &state)
        guard asking != nil else { return }
        // What Caddy makes of an outage.
        let isAnswered = ["502", "504"].allSatisfy { status in
            site.contains {
                $0.name == "handle_errors" && Self.covers($0.arguments, status) && Self.answersOutage($0.block)
            }
        }
        if isAnswered { return }
        if isWhole {
            find(.outage, at: spot, "\(name) has no handle_errors that responds with 503")
        } else {
            report.note(at: spot, "whether the site has handle_errors")
        }
    }

    /// Whether `handle_errors` is for a status: for all that it names, `5xx` among them, or for all.
    private static func covers(_ statuses: [String], _ status: String) -> Bool {
        statuses.isEmpty || statuses.contains(status) || statuses.contains("5xx")
    }

    /// Whether something in a block responds with 503, and not for some paths alone: `respond 503`, `respond "Try again" 503`.
    private static func answersOutage(_ block: [Directive]?) -> Bool {
        (block ?? []).contains { directive in
            if directive.argument(0).hasPrefix("/") { return false }
            let arguments = CaddyDirective(directive).arguments
            switch directive.name {
            case "respond", "error": return arguments.dropFirst(arguments.count > 1 ? 1 : 0).first == "503"
            case "file_server": return directive.block?.contains { $0.words == ["status", "503"] } == true
            default: return answersOutage(directive.block)
            }
        }
    }

    /// The directives of a block, in the order in which they run.
    private mutating func walk(
        _ block: [Directive], isSorted: Bool, isFragment: Bool, _ state: inout State, depth: Int = 0
    ) {
        guard depth < 64 else { return }
        let list = isSorted ? order.sorted(block) : block
        for (index, directive) in list.enumerated() {
            let isConditional = CaddyDirective(directive).isConditional
            var inner = state
            judgeSaid(in: directive)
            switch directive.name {
            case "request_header": take(directive, isConditional, &state)
            case "forward_auth", "reverse_proxy", "php_fastcgi":
                if let question = CaddyQuestion(directive) {
                    let isLate = list[(index + 1)...].contains { Self.clears($0) }
                    judge(question, state, isClearedLate: isLate)
                    if !isConditional { state.hasAsked = true }
                } else if directive.name != "forward_auth", !isFragment {
                    judge(proxy: directive, state)
                }
            case "handle", "handle_path":
                walk(directive.block ?? [], isSorted: true, isFragment: isFragment, &inner, depth: depth + 1)
            case "route":
                walk(directive.block ?? [], isSorted: false, isFragment: isFragment, &inner, depth: depth + 1)
                if !isConditional { state = inner }
            case "handle_errors":
                var state = State()
                walk(directive.block ?? [], isSorted: true, isFragment: isFragment, &state, depth: depth + 1)
            case "invoke":
                let route = routes["&(\(CaddyDirective(directive).arguments.first ?? ""))"]
                walk(route?.block ?? [], isSorted: false, isFragment: isFragment, &inner, depth: depth + 1)
            case "import":
                report.note(at: directive.spot, "what comes behind \(directive.argument(0)), which can't be read")
            default: break
            }
        }
    }

    /// What sets a name of the resolver's to what the client says, here or on the way to a backend.
    private mutating func judgeSaid(in directive: Directive) {
        let inner = ["reverse_proxy", "forward_auth"].contains(directive.name) ? directive.block ?? [] : []
        let rules = directive.name == "request_header" ? [directive] : inner.flatMap(\.all)
        for rule in rules where ["header_up", "request_header"].contains(rule.name) {
            guard let name = CaddyDirective.said(CaddyDirective(rule).arguments) else { continue }
            find(.nameNotSet, at: rule.spot, "\(name) is what the client said")
        }
    }

    /// Whether a directive takes the resolver's names away, of every request.
    private static func clears(_ directive: Directive) -> Bool {
        let parsed = CaddyDirective(directive)
        return directive.name == "request_header" && !parsed.isConditional
            && CaddyDirective.ourClearing(parsed.arguments) != nil
    }

    private mutating func take(_ directive: Directive, _ isConditional: Bool, _ state: inout State) {
        guard !isConditional else { return }
        let arguments = CaddyDirective(directive).arguments
        state.withheld += CaddyDirective.withheld(arguments).map { ($0, directive.spot) }
        guard let pattern = CaddyDirective.ourClearing(arguments) else { return }
        if state.hasAsked {
            find(.order, at: directive.spot, directive.words.joined(separator: " "))
        } else {
            state.cleared.append((pattern, directive.spot))
        }
    }
}

extension CaddyJudge {
    private mutating func judge(_ question: CaddyQuestion, _ state: State, isClearedLate: Bool) {
        let spot = question.directive.spot
        asking = asking ?? spot
        if let missing = state.cleared.map(\.pattern).missing(of: names) {
            if missing.count == names.count {
                if !isClearedLate { find(.notCleared, at: spot, "nothing clears before it") }
            } else {
                judge(missing, state.cleared, spot)
            }
        }
        let uncopied = question.uncopied
        if !uncopied.isEmpty { find(.nameNotSet, at: question.copySpot, "\(OurNames.list(uncopied)) is not copied") }
        judgeWaits(question)
        if let closing = question.closing {
            find(.noKeptConnection, at: closing.spot, closing.words.joined(separator: " "))
        }
        for (name, spot) in state.withheld + question.withheld {
            find(.credentialNotSent, at: spot, "\(name) is taken away")
        }
    }

    /// What is cleared, but not all.
    private mutating func judge(_ missing: [String], _ cleared: [(pattern: NamePattern, spot: Spot)], _ spot: Spot) {
        let first = cleared.first?.spot ?? spot
        if !missing.isEmpty {
            find(.nameNotSet, at: first, "\(OurNames.list(missing)) is not cleared")
        } else if cleared.map(\.pattern).catchesSpellings == false {
            find(.underscores, at: first, "the pattern does not match x_authgear_user_id")
        }
    }

    private mutating func judgeWaits(_ question: CaddyQuestion) {
        let spot = question.transport?.spot ?? question.directive.spot
        guard let answer = question.wait("response_header_timeout", "read_timeout") else {
            return find(.noTimeout, at: spot, "response_header_timeout is missing")
        }
        // Without it Caddy waits 3 s for a connection.
        for wait in [answer, question.wait("dial_timeout")].compactMap(\.self) {
            guard let seconds = LintDuration.seconds(wait.argument(0)) else { continue }
            if seconds <= 0 || seconds > Self.longestWait {
                find(.noTimeout, at: wait.spot, "\(wait.words.joined(separator: " ")), more than 8s")
            }
        }
    }

    private mutating func judge(proxy directive: Directive, _ state: State) {
        let rules = (directive.block ?? []).filter { $0.name == "header_up" }
        let own = rules.compactMap { rule in
            CaddyDirective.ourClearing(rule.arguments).map { (pattern: $0, spot: rule.spot) }
        }
        if state.hasAsked {
            if let first = own.first {
                find(.order, at: first.spot, "header_up takes it away on the way to the backend")
            }
            return
        }
        let cleared = state.cleared + own
        guard let missing = cleared.map(\.pattern).missing(of: names) else { return }
        if missing.count == names.count {
            find(.unguarded, at: directive.spot, directive.words.joined(separator: " "))
        } else {
            judge(missing, cleared, directive.spot)
        }
    }
}
