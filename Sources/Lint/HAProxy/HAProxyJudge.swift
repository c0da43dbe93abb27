/// Judges HAProxy's configuration, with the scripts that it loads. Takes a text; gives findings.
struct HAProxyJudge {
    private static let longestWait = 8.0

    private let proxies: [HAProxySection]
    private let scripts: HAProxyScripts
    private let names: [String]
    /// What the rules that ask are handed: paths, URLs, names of backends.
    private let asked: [String]
    /// The proxies on the way to the resolver, by their titles.
    private let hops: Set<String>

    static func judge(_ text: String, of file: String, run: inout LintRun) {
        let sections = HAProxyParser.sections(in: text, of: file)
        let global = sections.filter { $0.name == "global" }.flatMap { $0.block ?? [] }
        let judge = HAProxyJudge(sections, HAProxyScripts(global, beside: file, &run))
        for condition in sections.flatMap(\.all) where [".if", ".elif"].contains(condition.name) {
            run.report.note(at: condition.spot, "whether that holds, and with it what follows")
        }
        for (file, code) in judge.scripts.all { judge.judge(code, of: file, &run.report) }
        for proxy in judge.proxies { judge.judge(proxy, &run.report) }
    }

    private init(_ sections: [Directive], _ scripts: HAProxyScripts) {
        self.scripts = scripts
        proxies = HAProxySection.all(in: sections)
        names = OurNames.required(whereSaid: sections.flatMap(\.all).flatMap(\.words))
        asked = proxies.flatMap(\.rules).filter(scripts.ask).flatMap { $0.arguments.dropFirst() }
        hops = Self.hops(proxies, asked)
    }

    /// A backend is a hop by its name or because it is asked. What clients may reach is one only where its address is asked, where it
    /// leads to the backend that is shipped, or where no other machine reaches it and all names say that it leads to the resolver.
    private static func hops(_ proxies: [HAProxySection], _ asked: [String]) -> Set<String> {
        let addresses = Set(asked.map { OurNames.authority(of: $0) })
        let fronts = proxies.filter { proxy in
            let leads = !proxy.targets.isEmpty && proxy.targets.allSatisfy { OurNames.isShipped(authority: $0) }
            if leads || proxy.addresses.contains(where: addresses.contains) { return true }
            guard proxy.isLocal else { return false }
            let isAsked = proxy.kind != "frontend" && asked.contains(proxy.name)
            return isAsked || proxy.isNamedResolver && proxy.targets.allSatisfy(HAProxySection.namesResolver)
        }
        let targets = fronts.flatMap(\.targets)
        let behind = proxies.filter { $0.kind != "frontend" && targets.contains($0.name) }
        return Set((fronts + behind).map(\.title))
    }

    private func judge(_ proxy: HAProxySection, _ report: inout LintReport) {
        judgeWaits(proxy, &report)
        if hops.contains(proxy.title) { return judge(hop: proxy, &report) }
        guard proxy.isFrontend, !proxy.targets.isEmpty || proxy.hasServers else { return }
        guard proxy.isHTTP else {
            return report.note(at: proxy.spot, "\(proxy.name) is not mode http; clients must not reach backends by it")
        }
        if let spoe = proxy.own.first(where: { $0.words.starts(with: ["filter", "spoe"]) }) {
            report.note(at: spoe.spot, "what an agent does about the resolver's names")
        }
        // What a backend says comes behind its frontend.
        let behind = proxies.filter { $0.kind == "backend" && proxy.targets.contains($0.name) }
        let chains =
            behind.isEmpty
            ? [[proxy.rules]] : behind.map { [proxy.rules, $0.own.filter { $0.name == "http-request" }] }
        let conditions = ([proxy] + behind).flatMap(\.conditions)
        for rules in chains { judge(HAProxyRules(rules, conditions, scripts), of: proxy, &report) }
    }

    private func judge(_ rules: HAProxyRules, of proxy: HAProxySection, _ report: inout LintReport) {
        let find = { (report: inout LintReport, rule: LintRule, spot: Spot, detail: String) in
            report.find(rule, in: .haproxy, at: spot, detail)
        }
        let title = proxy.title
        if let bypass = rules.bypass {
            find(&report, .unguarded, bypass.spot, "what it allows comes by what takes away, in \(title)")
        }
        if let ask = rules.ask {
            judge(ask, rules, title, &report)
            for page in proxy.defaults + proxy.own where page.name == "errorfiles" || page.isPage(for: "503") {
                report.note(at: page.spot, "what it makes of 503")
            }
            if let late = rules.late { find(&report, .order, late.spot, "in \(title)") }
        }
        guard let missing = rules.missing(of: names) else {
            return report.note(
                at: rules.clearings.first?.rule.spot ?? proxy.spot, "an expression that can't be read here")
        }
        if let copying = rules.copying { find(&report, .nameNotSet, copying.spot, "it is what the client said") }
        if missing.count == names.count {
            guard let ask = rules.ask else { return find(&report, .unguarded, proxy.spot, title) }
            return rules.late == nil ? find(&report, .notCleared, ask.spot, "in \(title)") : ()
        }
        let spot = rules.clearings.first?.rule.spot ?? rules.setting?.spot ?? proxy.spot
        if !missing.isEmpty { return find(&report, .nameNotSet, spot, "\(OurNames.list(missing)), in \(title)") }
        if rules.clearings.map(\.pattern).catchesSpellings == false { find(&report, .underscores, spot, "in \(title)") }
    }

    /// What asks.
    private func judge(_ ask: Directive, _ rules: HAProxyRules, _ title: String, _ report: inout LintReport) {
        if !rules.answersOutage {
            report.find(.outage, in: .haproxy, at: ask.spot, "nothing behind it answers with 503, in \(title)")
        }
        for (name, rule) in rules.withheld {
            report.find(.credentialNotSent, in: .haproxy, at: rule.spot, "\(name) is taken away before, in \(title)")
        }
        if let cache = rules.cache {
            report.find(.answerCache, in: .haproxy, at: cache.spot, "before the question, in \(title)")
        }
        if ["lua.auth-request", "lua.auth-intercept"].contains(ask.argument(0)) {
            report.find(
                .noKeptConnection, in: .haproxy, at: ask.spot,
                "\(ask.argument(0)) is haproxy-auth-request, which keeps none")
            let sent = ask.argument(4).lowercased()
            if ask.argument(0) == "lua.auth-intercept", !sent.isEmpty, sent != "*",
                !sent.split(separator: ",").contains("cookie")
            {
                report.find(.credentialNotSent, in: .haproxy, at: ask.spot, "\(sent) has no cookie")
            }
        }
    }

    private func judge(hop proxy: HAProxySection, _ report: inout LintReport) {
        for cache in proxy.own where cache.words.starts(with: ["http-request", "cache-use"]) {
            report.find(.answerCache, in: .haproxy, at: cache.spot, proxy.title)
        }
        let reuse = proxy.setting("http-reuse")
        if let closing = proxy.closing ?? (reuse?.argument(0) == "never" ? reuse : nil) {
            report.find(
                .noKeptConnection, in: .haproxy, at: closing.spot,
                "\(closing.words.joined(separator: " ")), in \(proxy.name)")
        }
    }

    private func judgeWaits(_ proxy: HAProxySection, _ report: inout LintReport) {
        let wanted = (proxy.isFrontend ? ["client"] : []) + (proxy.hasServers ? ["connect", "server"] : [])
        for wait in wanted {
            let setting = proxy.setting("timeout", wait)
            let seconds = setting.flatMap { LintDuration.seconds($0.argument(1), plain: 0.001) }
            if setting == nil || seconds == 0 {
                let spot = setting?.spot ?? proxy.spot
                report.find(.noTimeout, in: .haproxy, at: spot, "timeout \(wait) of \(proxy.title)")
            } else if let setting, let seconds, seconds > Self.longestWait, wait != "client", hops.contains(proxy.title)
            {
                report.find(
                    .noTimeout, in: .haproxy, at: setting.spot,
                    "timeout \(wait) of \(proxy.name), which asks, is more than 8s")
            }
        }
    }
}

extension HAProxyJudge {
    private func judge(_ script: LuaCode, of file: String, _ report: inout LintReport) {
        let spot = { (word: String) in Spot(file: file, line: script.line(of: word) ?? 1) }
        let isClient = script.code.contains("core.httpclient")
        if isClient, !hasKeptHop {
            report.find(.noKeptConnection, in: .haproxy, at: spot("core.httpclient"), "core.httpclient")
        }
        let bounds = isClient ? "timeout" : "settimeout"
        if isClient || script.code.contains("core.tcp"), !script.code.contains(bounds) {
            report.find(.noTimeout, in: .haproxy, at: spot(isClient ? "core.httpclient" : "core.tcp"), "no \(bounds)")
        }
        let missing = script.missing(of: names)
        if !missing.isEmpty, missing.count < names.count {
            report.find(.nameNotSet, in: .haproxy, at: spot("x-authgear-"), "\(OurNames.list(missing)), in the script")
        }
        for name in ["authorization", "cookie"] where !script.code.mentions(name) {
            report.find(.credentialNotSent, in: .haproxy, at: Spot(file: file, line: 1), "the script has no \(name)")
        }
    }

    /// Whether a script's questions go through a proxy of this configuration that keeps connections.
    private var hasKeptHop: Bool {
        let fronts = proxies.filter {
            $0.addresses.contains { address in asked.contains { OurNames.authority(of: $0) == address } }
        }
        return fronts.contains { front in
            proxies.contains { back in
                (front.targets.contains(back.name) || back.name == front.name)
                    && ["always", "aggressive"].contains(back.setting("http-reuse")?.argument(0) ?? "")
            }
        }
    }
}
