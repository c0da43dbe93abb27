extension NginxJudge {
    /// So long a place that asks may wait: the client has its 503 within 8 s.
    static let longestWait = 8.0
    /// With fewer requests on a connection, opening it counts.
    private static let fewestRequests = 100.0

    /// A location that asks the resolver.
    func judgeQuestion(_ scope: NginxScope, _ report: inout LintReport) {
        guard let pass = scope.own["proxy_pass"]?.first else { return }
        judgeKept(pass, scope, &report)
        judgeWaits(pass, scope, &report)
        judgeCredentials(pass, scope, &report)
        judgeCache(scope, &report)
        for page in scope.settings("error_page") where answersForResolver(page, scope) {
            report.find(
                .outage, in: .nginx, at: page.spot,
                "\(page.words.joined(separator: " ")) answers in the resolver's place, in \(scope.title)")
        }
    }

    private func judgeKept(_ pass: Directive, _ scope: NginxScope, _ report: inout LintReport) {
        let url = pass.argument(0)
        if url.contains("$") {
            return report.find(
                .noKeptConnection, in: .nginx, at: pass.spot, "proxy_pass with a variable, in \(scope.title)")
        }
        let host = OurNames.authority(of: url)
        if let upstream = tree.upstreams[host] {
            judgeKept(by: upstream, &report)
        } else if host.contains(":") || host.contains(".") || tree.isWhole {
            report.find(
                .noKeptConnection, in: .nginx, at: pass.spot,
                "proxy_pass to \(host), which is no upstream with keepalive")
        }
        judgeHop(pass, scope, at: scope.own["proxy_set_header"]?.first?.spot ?? pass.spot, &report)
    }

    /// An upstream keeps connections, for more than a few requests each.
    private func judgeKept(by upstream: Directive, _ report: inout LintReport) {
        let name = upstream.argument(0)
        let settings = (upstream.block ?? []).filter { $0.name.hasPrefix("keepalive") }
        guard settings.contains(where: { $0.name == "keepalive" }) else {
            return report.find(.noKeptConnection, in: .nginx, at: upstream.spot, "upstream \(name) has no keepalive")
        }
        for setting in settings {
            guard let value = LintDuration.seconds(setting.argument(0)) else { continue }
            let isShort = setting.name == "keepalive_requests" ? value < Self.fewestRequests : value == 0
            if isShort {
                report.find(
                    .noKeptConnection, in: .nginx, at: setting.spot,
                    "\(setting.words.joined(separator: " ")), in upstream \(name)")
            }
        }
    }

    /// That a location says what a kept connection takes.
    private func judgeHop(_ pass: Directive, _ scope: NginxScope, at spot: Spot, _ report: inout LintReport) {
        let connection = scope.fields("proxy_set_header")["connection"]
        if connection?.contains(where: { tree.closes($0.argument(1)) }) != false {
            report.find(
                .noKeptConnection, in: .nginx, at: spot, "proxy_set_header Connection \"\" is missing in \(scope.title)"
            )
        }
        if !["1.1", "2"].contains(scope.value("proxy_http_version") ?? "1.0") {
            report.find(
                .noKeptConnection, in: .nginx, at: pass.spot, "proxy_http_version 1.1 is missing in \(scope.title)")
        }
    }

    /// A backend whose upstream keeps connections in vain.
    func judgeBackendConnection(_ pass: Directive, _ scope: NginxScope, _ report: inout LintReport) {
        let host = OurNames.authority(of: pass.argument(0))
        if host.hasPrefix("$") {
            guard !tree.namesUpstreams(host) else { return }
            let known = tree.isWhole && !scope.isUnresolved
            guard known else {
                return report.note(at: pass.spot, "where \(host) leads, and whether connections are kept")
            }
            return report.find(
                .noKeptConnection, in: .nginx, at: pass.spot,
                "proxy_pass with \(host), which names no upstream, in \(scope.title)")
        }
        let keeps = tree.upstreams[host]?.block?.contains { $0.name == "keepalive" } == true
        if keeps, !scope.isUnresolved { judgeHop(pass, scope, at: pass.spot, &report) }
    }

    private func judgeWaits(_ pass: Directive, _ scope: NginxScope, _ report: inout LintReport) {
        for name in ["proxy_connect_timeout", "proxy_send_timeout", "proxy_read_timeout"] {
            guard let setting = scope.settings(name).last else {
                report.find(.noTimeout, in: .nginx, at: pass.spot, "\(name) is missing in \(scope.title)")
                continue
            }
            let seconds = LintDuration.seconds(setting.argument(0))
            if let seconds, seconds > 0, seconds <= Self.longestWait { continue }
            report.find(
                .noTimeout, in: .nginx, at: setting.spot,
                "\(name) \(setting.argument(0)) for \(scope.title), more than 8s")
        }
    }

    private func judgeCredentials(_ pass: Directive, _ scope: NginxScope, _ report: inout LintReport) {
        let isHandingOn = !scope.value("proxy_pass_request_headers", is: "off")
        let fields = scope.fields("proxy_set_header")
        for name in ["authorization", "cookie"] {
            let field = fields[name]
            if field?.contains(where: { $0.argument(1).contains("$") }) ?? isHandingOn { continue }
            report.find(
                .credentialNotSent, in: .nginx, at: field?.last?.spot ?? pass.spot,
                "\(name == "cookie" ? "Cookie" : "Authorization"), in \(scope.title)")
        }
    }

    private func judgeCache(_ scope: NginxScope, _ report: inout LintReport) {
        guard let cache = scope.settings("proxy_cache").last, cache.argument(0) != "off" else { return }
        if let stale = scope.settings("proxy_cache_use_stale").last, stale.argument(0) != "off" {
            report.find(
                .outage, in: .nginx, at: stale.spot, "what was answered before answers instead, in \(scope.title)")
        }
        let key = scope.value("proxy_cache_key")?.replacing("{", with: "").replacing("}", with: "") ?? ""
        let cookies = ["$cookie_session", "$cookie_app_session", "$cookie_app_access_token"]
        var missing = key.contains("$http_authorization") ? [] : ["$http_authorization"]
        if !key.contains("$http_cookie") { missing += cookies.filter { !Self.names($0, in: key) } }
        guard !missing.isEmpty else { return }
        let spot = scope.settings("proxy_cache_key").last?.spot ?? cache.spot
        report.find(
            .answerCache, in: .nginx, at: spot,
            "proxy_cache \(cache.argument(0)) holds for \(scope.title), without \(missing.joined(separator: ", ")) in its key"
        )
    }

    /// `$cookie_session` does not stand in `$cookie_session_id`.
    private static func names(_ variable: String, in key: String) -> Bool {
        key.split(separator: "$").contains { part in
            "$" + part.prefix { $0.isLetter || $0.isNumber || $0 == "_" } == variable
        }
    }
}

extension NginxJudge {
    /// Whether a page answers where the resolver did, or could not. One that answers an outage with another error does no harm:
    /// what asked takes both for the same.
    private func answersForResolver(_ page: Directive, _ scope: NginxScope) -> Bool {
        let page = NginxErrorPage(page)
        guard page.status != nil else { return false }
        let isIntercepting = scope.value("proxy_intercept_errors", is: "on")
        if isIntercepting, !Set(page.codes).isDisjoint(with: ["401", "403"]) { return true }
        return !Set(page.codes).isDisjoint(with: ["500", "502", "503", "504"]) && !isError(page, scope)
    }

    /// Whether all that a page may answer are errors, and none that says who is let in.
    private func isError(_ page: NginxErrorPage, _ scope: NginxScope) -> Bool {
        if let status = page.status.flatMap({ Int($0) }) { return Self.isError(status) }
        guard let place = place(of: page, scope), place.own["return"] != nil else { return false }
        return place.statuses.allSatisfy(Self.isError)
    }

    private static func isError(_ status: Int) -> Bool { status >= 400 && ![401, 403].contains(status) }

    /// The location that a page is made by.
    private func place(of page: NginxErrorPage, _ scope: NginxScope) -> NginxScope? {
        page.target.hasPrefix("@")
            ? tree.location(named: page.target, in: scope.server)
            : tree.location(answering: page.target, in: scope.server)
    }

    /// A location that asks before it proxies: nginx makes 500 of an outage unless a page makes 503 of that.
    func judgeOutage(_ scope: NginxScope, _ report: inout LintReport) {
        guard let ask = scope.ask, !scope.isUnresolved else { return }
        let spot = scope.block?.spot ?? ask.spot
        guard let page = scope.settings("error_page").first(where: { NginxErrorPage($0).codes.contains("500") }) else {
            return report.find(
                .outage, in: .nginx, at: spot, "\(scope.title) has no error_page for 500, which nginx makes of it")
        }
        let target = NginxErrorPage(page)
        if target.status == "503" { return }
        let isNamed = target.target.hasPrefix("@")
        // The page of another path says its own status only behind `=`.
        let place = isNamed || target.status == "" ? self.place(of: target, scope) : nil
        // One that nobody defines here may be defined beside what is seen.
        let isElsewhere =
            !tree.isWhole
            || tree.scopes.contains { other in
                other.isUnresolved && (other.server == nil || other.server == scope.server)
            }
        if place?.statuses.contains(503) ?? (isNamed && isElsewhere) { return }
        let words = page.words.joined(separator: " ")
        let fault = place == nil ? "is nowhere in its server" : "does not answer 503"
        report.find(
            .outage, in: .nginx, at: page.spot,
            "\(words) in \(scope.title)" + (isNamed ? ": \(target.target) \(fault)" : ""))
    }
}

/// `error_page 500 502 = @name;`
struct NginxErrorPage {
    let codes: [String]
    /// Behind `=`: empty for that of the page, nil without.
    let status: String?
    let target: String

    init(_ directive: Directive) {
        let arguments = directive.arguments
        target = arguments.last ?? ""
        let middle = arguments.dropLast()
        status = middle.first { $0.hasPrefix("=") }.map { String($0.dropFirst()) }
        codes = middle.filter { !$0.hasPrefix("=") }
    }
}
