/// Judges what Kong and APISIX are told declaratively: every route has the plug-in. Takes documents; gives findings.
struct PluginJudge {
    private static let plugin = "authgear"
    let kind: LintKind

    func judge(_ documents: [ConfigNode], _ report: inout LintReport) {
        for root in documents {
            if kind == .kong { judge(kong: root, &report) } else { judge(apisix: root, &report) }
        }
    }

    // MARK: Kong

    private func judge(kong root: ConfigNode, _ report: inout LintReport) {
        let everywhere = (root["plugins"]?.items ?? []).filter { isOurs($0) }
        let isGlobal = everywhere.contains { $0["route"] ?? $0["service"] ?? $0["consumer"] == nil }
        if isGlobal { return }
        let named = { (key: String, name: String?) in
            everywhere.contains { $0[key]?.text == name || $0[key, "name"]?.text == name }
        }
        for service in root["services"]?.items ?? [] {
            if has(service) || named("service", service["name"]?.text) { continue }
            let routes = service["routes"]?.items ?? []
            for route in routes where !has(route) && !named("route", route["name"]?.text) {
                report.find(.unguarded, in: kind, at: route.spot, "route \(route["name"]?.text ?? "without a name")")
            }
        }
        for route in root["routes"]?.items ?? [] where !has(route) && !named("route", route["name"]?.text) {
            let service = route["service", "name"]?.text ?? route["service"]?.text
            let isServed = (root["services"]?.items ?? []).contains { $0["name"]?.text == service && has($0) }
            if isServed || service != nil && named("service", service) { continue }
            report.find(.unguarded, in: kind, at: route.spot, "route \(route["name"]?.text ?? "without a name")")
        }
    }

    private func isOurs(_ plugin: ConfigNode) -> Bool {
        plugin["name"]?.text == Self.plugin && plugin["enabled"]?.isFalse != true
    }

    private func has(_ owner: ConfigNode) -> Bool { (owner["plugins"]?.items ?? []).contains { isOurs($0) } }

    // MARK: APISIX

    private func judge(apisix root: ConfigNode, _ report: inout LintReport) {
        let global = (root["global_rules"]?.items ?? []) + (root["plugin_configs"]?.items ?? [])
        if (root["global_rules"]?.items ?? []).contains(where: hasPlugin) { return }
        let owners = global + (root["services"]?.items ?? [])
        for route in root["routes"]?.items ?? [] where !hasPlugin(route) {
            let references = ["service_id", "plugin_config_id"].compactMap { route[$0]?.text }
            let isServed = owners.contains { references.contains($0["id"]?.text ?? "") && hasPlugin($0) }
            if isServed { continue }
            report.find(
                .unguarded, in: kind, at: route.spot,
                "route \(route["uri"]?.text ?? route["id"]?.text ?? "without a name")")
        }
    }

    private func hasPlugin(_ owner: ConfigNode) -> Bool {
        guard let plugin = owner["plugins", Self.plugin] else { return false }
        return plugin["_meta", "disable"]?.isTrue != true
    }
}
