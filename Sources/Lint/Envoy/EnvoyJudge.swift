/// Judges Envoy's configuration: chains of filters, wherever they stand in it. Takes documents; gives findings.
struct EnvoyJudge {
    private static let cacheType = "filters.http.cache"
    let documents: [ConfigNode]
    private(set) var report: LintReport
    let names: [String]

    static func judge(_ documents: [ConfigNode], run: inout LintRun) {
        // Protocol Buffers' own JSON has failureModeAllow for failure_mode_allow; both are read.
        var judge = EnvoyJudge(documents.map { $0.renamed(EnvoyNames.snakeCase) }, run.report)
        judge.judge()
        run.report = judge.report
    }

    private init(_ documents: [ConfigNode], _ report: LintReport) {
        self.documents = documents
        self.report = report
        let lists = documents.flatMap { $0.mappings(with: ["allowed_upstream_headers"]) }
        let said = lists.flatMap { EnvoyPatterns.exact($0["allowed_upstream_headers"]) }
        names = OurNames.required(whereSaid: said)
    }

    mutating func find(_ rule: LintRule, at spot: Spot, _ detail: String) {
        report.find(rule, in: .envoy, at: spot, detail)
    }

    mutating func note(at spot: Spot, _ text: String) { report.note(at: spot, text) }

    private mutating func judge() {
        let chains = documents.flatMap { $0.mappings(with: ["http_filters"]) }
        for chain in chains { judge(chain: chain) }
        for document in documents {
            for authorization in EnvoyFilter.authorizations(in: document) { judge(authorization) }
            for settings in document.mappings(with: ["check_settings"]) { judge(perRoute: settings) }
            judgeClusters(of: document)
            judgeGenerators(in: document)
            noteElsewhere(in: document)
        }
        if chains.isEmpty, let first = documents.first {
            note(
                at: first.spot,
                "it has no http_filters: whether the client's own fields are cleared, and in which order")
        }
    }

    /// The filters of one listener, in their order.
    private mutating func judge(chain: ConfigNode) {
        let filters = (chain["http_filters"]?.items ?? []).map { EnvoyFilter($0) }.filter { !$0.isOff }
        let asking = filters.firstIndex(where: \.isAuthorization)
        let clearings = filters.indices.filter { filters[$0].clearing != nil }
        judgeAdditions(of: chain)
        judgeSwitches(of: chain, clearing: clearings.map { filters[$0].name })
        if let asking {
            judgeShare(of: filters[asking])
            judgeReplies(of: chain)
            for filter in filters[asking...] where filter.maySet {
                note(at: filter.node.spot, "what this Lua makes of the resolver's names")
            }
        }
        let early = EnvoyClearing(early: chain)
        let before = clearings.filter { asking == nil || $0 < asking ?? 0 }
        var patterns = early.map(\.patterns) ?? []
        for index in before { patterns += filters[index].clearing?.patterns ?? [] }
        let spot = asking.map { filters[$0].node.spot } ?? chain["http_filters"]?.spot ?? chain.spot

        if let asking, let late = clearings.first(where: { $0 > asking }), patterns.isEmpty {
            return find(
                .order, at: filters[late].node.spot, "\(filters[late].name) stands behind \(filters[asking].name)")
        }
        if let asking, let cache = filters[..<asking].first(where: { $0.type.contains(Self.cacheType) }) {
            find(.answerCache, at: cache.node.spot, "\(cache.name) stands before \(filters[asking].name)")
        }
        for filter in filters[..<(asking ?? 0)] {
            for name in filter.withheld {
                find(.credentialNotSent, at: filter.node.spot, "\(name) is taken away by \(filter.name)")
            }
        }
        guard !patterns.isEmpty else { return judge(uncleared: chain, at: spot, asking.map { filters[$0] }) }
        judge(patterns, of: chain, at: before.first.map { filters[$0].node.spot } ?? spot)
    }

    /// What clears, by its patterns.
    private mutating func judge(_ patterns: [NamePattern], of chain: ConfigNode, at spot: Spot) {
        guard let missing = patterns.missing(of: names) else {
            return note(at: spot, "an expression that can't be read here")
        }
        if !missing.isEmpty { find(.nameNotSet, at: spot, "\(OurNames.list(missing)) is not cleared") }
        let action = chain["common_http_protocol_options", "headers_with_underscores_action"]?.text ?? "ALLOW"
        if missing.isEmpty, patterns.catchesSpellings == false, !["DROP_HEADER", "REJECT_REQUEST"].contains(action) {
            find(.underscores, at: spot, "the pattern does not match x_authgear_user_id")
        }
    }

    private mutating func judge(uncleared chain: ConfigNode, at spot: Spot, _ asking: EnvoyFilter?) {
        guard let asking else {
            // Without a route to a cluster nothing is proxied.
            let isProxying = !chain.mappings(with: ["cluster", "weighted_clusters", "rds", "cluster_header"]).isEmpty
            guard isProxying else { return }
            if removedByRoutes(chain).isSuperset(of: names) { return }
            if noteLua(of: chain) { return }
            return find(.unguarded, at: spot, "http_filters have neither ext_authz nor what clears")
        }
        if let late = chain.mappings(with: ["request_headers_to_remove"]).first(where: {
            removedByRoutes($0).contains(names[1])
        }) {
            let spot = late["request_headers_to_remove"]?.spot ?? late.spot
            return find(.order, at: spot, "request_headers_to_remove comes behind \(asking.name)")
        }
        if noteLua(of: chain) { return }
        let disabled = chain.mappings(with: ["disabled"]).first {
            $0["disabled"]?.isTrue == true && $0["@type"]?.text?.contains("ExtAuthzPerRoute") == true
        }
        // By gRPC the resolver says what to take away (headers_to_remove); over HTTP it may be configured to.
        let isCall = asking.settings["grpc_service"] != nil
        let removes = asking.handsOnOurs || isCall && asking.settings["allowed_headers"] == nil
        if removes, let disabled {
            return find(
                .notCleared, at: disabled["disabled"]?.spot ?? disabled.spot,
                "where nobody is asked, nothing is cleared")
        }
        if removes, isCall { return }
        if removes {
            return note(
                at: spot, "whether the resolver's configuration has headers: { removal: envoy }, which clears here")
        }
        find(.notCleared, at: spot, "nothing clears before \(asking.name)")
    }

    /// Says that Lua may clear before anybody is asked; false when there is none.
    private mutating func noteLua(of chain: ConfigNode) -> Bool {
        let filters = (chain["http_filters"]?.items ?? []).map { EnvoyFilter($0) }.filter { !$0.isOff }
        let before = filters.prefix { !$0.isAuthorization }
        if let lua = before.first(where: \.mayClear) {
            note(at: lua.node.spot, "whether this Lua clears the resolver's names")
            return true
        }
        guard let other = before.first(where: \.isElsewhere) else { return false }
        note(at: other.node.spot, "whether \(other.name), which is not here, clears the resolver's names")
        return true
    }
}

extension EnvoyJudge {
    /// What routes take away, behind all filters.
    private func removedByRoutes(_ chain: ConfigNode) -> Set<String> {
        let lists = chain.mappings(with: ["request_headers_to_remove"]).compactMap {
            $0["request_headers_to_remove"]?.texts
        }
        return Set(lists.joined().map { $0.lowercased() })
    }
}

/// The two ways to write a field's name.
private enum EnvoyNames {
    static func snakeCase(_ name: String) -> String {
        // `@type`, and names of filters, are no names of fields.
        guard name.first?.isLowercase == true, !name.contains(where: { "./@ -".contains($0) }) else { return name }
        return name.map { $0.isUppercase ? "_\($0.lowercased())" : String($0) }.joined()
    }
}
