/// What stands beside the filters that clear and ask, and undoes what they do.
extension EnvoyJudge {
    /// What puts the client's own word under the resolver's names, behind the filters or among them.
    mutating func judgeAdditions(of chain: ConfigNode) {
        let routes = chain.mappings(with: ["request_headers_to_add"]).flatMap {
            $0["request_headers_to_add"]?.items ?? []
        }
        let mutations = chain.mappings(with: ["request_mutations"]).flatMap { $0["request_mutations"]?.items ?? [] }
        for addition in routes + mutations.compactMap({ $0["append"] }) {
            guard let header = addition["header"], let key = header["key"]?.text?.lowercased(),
                key.hasPrefix("x-authgear-"), Self.isClients(header["value"]?.text ?? "")
            else { continue }
            find(.nameNotSet, at: header.spot, "\(key) is what the client said")
        }
    }

    /// Whether a format has something in it that the client says. Under the resolver's names the resolver does.
    private static func isClients(_ format: String) -> Bool {
        let words = ["%REQ(", "%REQ_WITHOUT_QUERY(", "%QUERY_PARAM", "%PATH("]
        return words.contains { word in
            format.ranges(of: word).contains { range in
                format[range.upperBound...].prefix(11).lowercased() != "x-authgear-"
            }
        }
    }

    /// Where a route or a virtual host switches off what clears.
    mutating func judgeSwitches(of chain: ConfigNode, clearing names: [String]) {
        for holder in chain.mappings(with: ["typed_per_filter_config"]) {
            for (name, settings) in holder["typed_per_filter_config"]?.members ?? []
            where names.contains(name) && settings["disabled"]?.isTrue == true {
                find(.unguarded, at: settings.spot, "\(name) is switched off there")
            }
        }
    }

    /// A share of the requests that is asked about; the others come in.
    mutating func judgeShare(of filter: EnvoyFilter) {
        guard let enabled = filter.settings["filter_enabled"], let share = enabled["default_value"],
            let numerator = Int(share["numerator"]?.text ?? "0")
        else { return }
        let whole = ["TEN_THOUSAND": 10_000, "MILLION": 1_000_000][share["denominator"]?.text ?? ""] ?? 100
        if numerator < whole { find(.unguarded, at: enabled.spot, "\(filter.name) asks about some requests alone") }
    }

    /// What makes something good of an outage's answer.
    mutating func judgeReplies(of chain: ConfigNode) {
        for mapper in chain["local_reply_config", "mappers"]?.items ?? [] {
            guard let status = mapper["status_code"], let code = status.text.flatMap(Int.init), code < 400 else {
                continue
            }
            guard Self.meansOutage(mapper) else { continue }
            find(.outage, at: status.spot, "local_reply_config makes \(code) of it")
        }
    }

    /// Whether it may be for the answer 503 of `ext_authz`, which has the flag UAEX.
    private static func meansOutage(_ mapper: ConfigNode) -> Bool {
        let flags = mapper.mappings(with: ["flags"]).flatMap { $0["flags"]?.texts ?? [] }
        guard flags.isEmpty || flags.contains("UAEX") else { return false }
        let comparisons = mapper.mappings(with: ["comparison"]).compactMap { $0["comparison"] }
        guard !comparisons.isEmpty else { return !flags.isEmpty }
        return comparisons.allSatisfy { comparison in
            guard let value = comparison["value", "default_value"]?.text.flatMap(Int.init) else { return true }
            switch comparison["op"]?.text {
            case "GE": return value <= 503
            case "LE": return value >= 503
            case "NE": return value != 503
            default: return value == 503
            }
        }
    }

    /// What can't be judged: filters and routes that come from elsewhere, and what passes by HTTP's filters.
    mutating func noteElsewhere(in document: ConfigNode) {
        for holder in document.mappings(with: ["filters"]) {
            for filter in (holder["filters"]?.items ?? []).map({ EnvoyFilter($0) })
            where filter.type.contains("tcp_proxy") {
                note(at: filter.node.spot, "where tcp_proxy leads; clients must not reach backends by it")
            }
        }
        for holder in document.mappings(with: ["rds"]) {
            note(at: holder["rds"]?.spot ?? holder.spot, "its routes, which are not here")
        }
    }
}
