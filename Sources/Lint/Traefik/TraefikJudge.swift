/// Judges Traefik's configuration. Takes documents, static and dynamic ones; gives findings.
struct TraefikJudge {
    private static let longestWait = 8.0

    let tree: TraefikTree
    private var report: LintReport
    private let questions: [TraefikQuestion]
    private let names: [String]
    /// The names of the entry points that clients reach: a router there asks, or clears.
    private let facing: Set<String>
    /// The services of routers that ask or clear, so that what they are told is believed.
    private let believing: Set<String>
    /// The names of routers that have children.
    private let parents: Set<String>
    /// The names of the entry points that lead to the resolver.
    private let hops: Set<String>

    static func judge(_ documents: [ConfigNode], of file: String, run: inout LintRun) {
        let tree = TraefikTree(documents, of: file, run: &run)
        var judge = TraefikJudge(tree, run.report)
        judge.judge()
        run.report = judge.report
    }

    private init(_ tree: TraefikTree, _ report: LintReport) {
        self.tree = tree
        self.report = report
        let questions = tree.middlewares.compactMap { TraefikQuestion($0.key, $0.value) }
        self.questions = questions
        let cleared = tree.middlewares.flatMap { $0.value.traefikClears ?? [] }
        names = OurNames.required(
            whereSaid: cleared + questions.flatMap { $0.node["authResponseHeaders"]?.texts ?? [] })
        let guarded = tree.routers.filter { router in
            tree.chains(of: router.value).joined().contains { $0.value?.isOurs == true }
        }
        believing = Set(guarded.compactMap { $0.value["service"]?.text })
        parents = Set(tree.routers.flatMap { $0.value["parentRefs"]?.texts ?? [] })
        let facing = Set(guarded.flatMap { $0.value["entryPoints"]?.texts ?? [] })
        self.facing = facing
        let ports = Set(questions.compactMap(\.port))
        let asked = tree.entryPoints.filter { point in
            point.value["address"]?.text?.split(separator: ":").last.map(ports.contains) == true
                || questions.isEmpty && point.key.contains("authgear")
        }
        hops = Set(asked.map(\.key)).subtracting(facing)
    }

    private mutating func find(_ rule: LintRule, at spot: Spot, _ detail: String) {
        report.find(rule, in: .traefik, at: spot, detail)
    }

    private mutating func judge() {
        for question in questions { judge(question) }
        for (name, middleware) in tree.middlewares { judge(clearing: middleware, named: name) }
        for (name, router) in tree.routers where !isHop(router) { judge(router, named: name) }
        judgeEntryPoints()
        for root in tree.dynamics where root["tcp", "routers"] != nil {
            report.note(
                at: root["tcp", "routers"]?.spot ?? root.spot,
                "what TCP routers pass on; clients must not reach backends by it")
        }
    }

    /// Whether a router is the way to the resolver: by its entry points or, where these are not seen, by the resolver's paths. A backend
    /// may have such paths, too: then clients reach the entry point, or other routers pass to the same service.
    private func isHop(_ router: ConfigNode) -> Bool {
        guard let points = router["entryPoints"]?.texts, !points.isEmpty else { return false }
        guard tree.entryPoints.isEmpty else { return hops.isSuperset(of: points) }
        let service = router["service"]?.text
        return Self.namesQuestion(router) && facing.isDisjoint(with: points)
            && tree.routers.allSatisfy { Self.namesQuestion($0.value) || $0.value["service"]?.text != service }
    }

    private static func namesQuestion(_ router: ConfigNode) -> Bool {
        let rule = router["rule"]?.text ?? ""
        return ["`/resolve`", "`/require`", "`/policy/"].contains { rule.contains($0) }
    }

    // MARK: What asks

    private mutating func judge(_ question: TraefikQuestion) {
        let node = question.node
        let list = node["authResponseHeaders"]
        if let expression = node["authResponseHeadersRegex"], let text = expression.text {
            let pattern = [NamePattern.expression(text, isWhole: false)]
            let canonical = names.map { $0.split(separator: "-").map(\.capitalizedFirst).joined(separator: "-") }
            if let missing = pattern.missing(of: canonical) {
                let rest = missing.map { $0.lowercased() }.filter {
                    !(list?.texts ?? []).map { $0.lowercased() }.contains($0)
                }
                if !rest.isEmpty { find(.nameNotSet, at: expression.spot, OurNames.list(rest)) }
            } else {
                report.note(at: expression.spot, "an expression that can't be read here")
            }
        } else {
            find(.notCleared, at: list?.spot ?? node.spot, "\(question.name) has no authResponseHeadersRegex")
            let said = (list?.texts ?? []).map { $0.lowercased() }
            let missing = names.filter { !said.contains($0) }
            if list != nil, !missing.isEmpty { find(.nameNotSet, at: list?.spot ?? node.spot, OurNames.list(missing)) }
        }
        if let sent = node["authRequestHeaders"], !sent.texts.isEmpty {
            for name in ["authorization", "cookie"] where !sent.texts.contains(where: { $0.lowercased() == name }) {
                find(.credentialNotSent, at: sent.spot, "authRequestHeaders of \(question.name) has no \(name)")
            }
        }
        judgeHop(of: question)
    }

    /// The way to the resolver, which has to have what `forwardAuth` can't be told.
    private mutating func judgeHop(of question: TraefikQuestion) {
        // A Kubernetes resource or a file of middlewares alone has its routers elsewhere.
        guard !tree.routers.isEmpty else {
            return report.note(
                at: question.node.spot, "the way to the resolver is not in this file: time-outs, and what an outage is")
        }
        let spot = question.node["address"]?.spot ?? question.node.spot
        let points = tree.entryPoints.filter { $0.value["address"]?.text?.split(separator: ":").last == question.port }
        let leads = tree.routers.filter { isHop($0.value) && (points.isEmpty || reaches($0.value, points)) }
        guard tree.statics.isEmpty || !points.isEmpty, let lead = leads.first(where: { answers($0.value, question) })
        else {
            // The shipped variant over HTTP/2, whose operator was told.
            if question.address.hasPrefix("https://"), question.node["tls"] != nil {
                return report.note(at: spot, "\(question.name) asks itself: an outage is 500, which its page says")
            }
            find(.noTimeout, at: spot, "\(question.name) asks \(question.address) itself")
            find(.outage, at: spot, "\(question.name) asks \(question.address) itself")
            return find(.noKeptConnection, at: spot, "\(question.name) asks \(question.address) itself")
        }
        judge(hop: lead.value, named: lead.key)
    }

    private func reaches(_ router: ConfigNode, _ points: [TraefikTree.Entry]) -> Bool {
        router["entryPoints"]?.texts.contains { name in points.contains { $0.key == name } } != false
    }

    private func answers(_ router: ConfigNode, _ question: TraefikQuestion) -> Bool {
        let rule = router["rule"]?.text ?? ""
        guard let path = OurNames.path(of: question.address) else { return false }
        let first = path.split(separator: "/").first ?? ""
        return rule.contains("`/\(first)") || rule.contains("PathPrefix(`/`)")
    }

    private mutating func judge(hop router: ConfigNode, named name: String) {
        let pages = tree.chains(of: router).joined().compactMap { $0.value?["errors"] }
        let isAnswered = ["502", "504"].allSatisfy { status in
            pages.contains { page in
                page["status"]?.texts.contains { Self.covers($0, status) } == true
                    && page["statusRewrites"]?.members.contains {
                        Self.covers($0.key, status) && $0.value.text == "503"
                    } == true
            }
        }
        if !isAnswered {
            find(
                .outage, at: router.spot,
                "router \(name) has no errors whose status and statusRewrites make 503 of 502 and 504")
        }
        let service = router["service"]?.text ?? ""
        let balancer = tree.entry("services", service)?["loadBalancer"]
        let transport = balancer?["serversTransport"]?.text.flatMap { tree.entry("serversTransports", $0) }
        guard let transport else {
            let spot = balancer?.spot ?? router.spot
            return find(.noTimeout, at: spot, "service \(service) has no serversTransport")
        }
        for wait in ["dialTimeout", "responseHeaderTimeout"] {
            let value = transport["forwardingTimeouts", wait]
            let seconds = LintDuration.seconds(value?.text ?? "")
            if let seconds, seconds > 0, seconds <= Self.longestWait { continue }
            // Traefik's own is 30 s, or none.
            find(.noTimeout, at: value?.spot ?? transport.spot, "\(wait) is missing, or more than 8s")
        }
        if let idle = transport["maxIdleConnsPerHost"], idle.text?.hasPrefix("-") == true {
            find(.noKeptConnection, at: idle.spot, "maxIdleConnsPerHost: \(idle.text ?? "")")
        }
    }

    /// `500-504` covers 502.
    private static func covers(_ range: String, _ status: String) -> Bool {
        let ends = range.split(separator: "-").map(String.init)
        return ends.count == 2 ? ends[0] <= status && status <= ends[1] : range == status
    }
}

extension TraefikJudge {
    /// A middleware that takes some of the names away.
    private mutating func judge(clearing middleware: ConfigNode, named name: String) {
        guard let cleared = middleware.traefikClears else { return }
        let missing = names.filter { !cleared.contains($0) }
        if middleware.clearsOurs, !missing.isEmpty {
            find(.nameNotSet, at: middleware.spot, "\(OurNames.list(missing)), in \(name)")
        }
    }

    /// A router that clients reach.
    private mutating func judge(_ router: ConfigNode, named name: String) {
        let service = router["service"]?.text ?? ""
        // A parent passes on to its children alone.
        guard !service.hasSuffix("@internal"), !(service.isEmpty && parents.contains(name)) else { return }
        for chain in tree.chains(of: router) { judge(router, named: name, by: chain) }
    }

    private mutating func judge(_ router: ConfigNode, named name: String, by chain: TraefikTree.Chain) {
        let spot = router["middlewares"]?.spot ?? router.spot
        let asks = chain.firstIndex { $0.value?.isQuestion == true }
        let clears = chain.lastIndex { $0.value?.clearsOurs == true }
        // Before anything is cleared, or may be.
        for middleware in chain.prefix(while: { $0.value?.isOurs == false }) {
            guard let service = middleware.value?["errors", "service"]?.text, believing.contains(service) else {
                continue
            }
            find(
                .unguarded, at: spot,
                "\(middleware.name) fetches its page with the client's own fields, in router \(name)")
        }
        if let asks {
            for field in ["authorization", "cookie"]
            where chain[..<asks].contains(where: { $0.value?.traefikClears?.contains(field) == true }) {
                find(
                    .credentialNotSent, at: spot, "\(field) is taken away before \(chain[asks].name), in router \(name)"
                )
            }
            if let clears, clears > asks {
                find(.order, at: spot, "\(chain[clears].name) behind \(chain[asks].name), in router \(name)")
            }
            return
        }
        guard clears == nil else { return }
        if let unknown = chain.first(where: { $0.value == nil }) {
            return report.note(at: spot, "router \(name): \(unknown.name) is defined elsewhere")
        }
        find(.unguarded, at: router.spot, "router \(name)")
    }

    /// Whether an entry point is for the resolver or for Traefik's own pages.
    private func isInside(_ name: String) -> Bool {
        hops.contains(name) || name.contains("authgear") && !facing.contains(name) || name == "traefik"
    }

    /// What is open to clients must not take `x_authgear_user_id`.
    private mutating func judgeEntryPoints() {
        let special = Set(
            tree.statics.flatMap { root in
                ["ping", "metrics"].compactMap { root[$0]?["entryPoint"]?.text } + [
                    root["metrics", "prometheus", "entryPoint"]?.text ?? ""
                ]
            })
        for (name, point) in tree.entryPoints where !isInside(name) && !special.contains(name) {
            if point["http", "redirections"] != nil || point["address"]?.text?.hasSuffix("/udp") == true { continue }
            let strategy = point["http", "aliasHeadersStrategy"]
            if strategy?.text != "delete" {
                find(
                    .underscores, at: strategy?.spot ?? point.spot,
                    "entry point \(name) has no aliasHeadersStrategy: delete")
            }
        }
        if tree.statics.isEmpty, let first = tree.dynamics.first(where: { $0["http", "routers"] != nil }) {
            report.note(
                at: first.spot, "the static configuration is not here: aliasHeadersStrategy of the entry points")
        }
    }
}

extension Substring {
    /// `User` of `user`; `Id` of `id`, as Go writes the names of fields.
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst().lowercased() }
}
