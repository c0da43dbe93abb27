extension EnvoyJudge {
    private static let longestWait = 8.0

    /// A filter that asks.
    mutating func judge(_ filter: EnvoyFilter) {
        let settings = filter.settings
        if let allow = settings["failure_mode_allow"], allow.isTrue {
            find(.failureModeAllow, at: allow.spot, "failure_mode_allow: true, of \(filter.name)")
        }
        let status = settings["status_on_error"]
        if !["503", "ServiceUnavailable"].contains(status?["code"]?.text ?? "") {
            find(.outage, at: status?.spot ?? filter.node.spot, "\(filter.name) has no status_on_error: { code: 503 }")
        }
        if settings["encode_raw_headers"]?.isTrue != true {
            find(.rawHeaders, at: settings["encode_raw_headers"]?.spot ?? filter.node.spot, filter.name)
        }
        judgeSent(filter, settings)
        if let service = settings["http_service"] { judge(service: service, of: filter.name) }
        if let service = settings["grpc_service"] { judge(wait: service["timeout"], of: service, filter.name) }
    }

    /// Where a route asks in another way.
    mutating func judge(perRoute: ConfigNode) {
        guard let settings = perRoute["check_settings"] else { return }
        if let service = settings["http_service"] { judge(service: service, of: "check_settings") }
        if let service = settings["grpc_service"] { judge(wait: service["timeout"], of: service, "check_settings") }
    }

    private mutating func judge(service: ConfigNode, of name: String) {
        judge(wait: service["server_uri", "timeout"], of: service["server_uri"] ?? service, name)
        let response = service["authorization_response"]
        let list = response?["allowed_upstream_headers"]
        guard let missing = EnvoyPatterns(list).patterns.missing(of: names) else {
            return note(at: list?.spot ?? service.spot, "an expression that can't be read here")
        }
        if !missing.isEmpty {
            let spot = list?.spot ?? response?.spot ?? service.spot
            find(.nameNotSet, at: spot, "\(OurNames.list(missing)) is not in allowed_upstream_headers of \(name)")
        }
    }

    private mutating func judge(wait: ConfigNode?, of service: ConfigNode, _ name: String) {
        guard let text = wait?.text else { return find(.noTimeout, at: service.spot, "\(name) has no timeout") }
        guard let seconds = LintDuration.seconds(text) else { return }
        if seconds <= 0 || seconds > Self.longestWait {
            find(.noTimeout, at: wait?.spot ?? service.spot, "\(name) has timeout: \(text)")
        }
    }

    /// What the resolver is told of the request.
    private mutating func judgeSent(_ filter: EnvoyFilter, _ settings: ConfigNode) {
        let old = settings["http_service", "authorization_request", "allowed_headers"]
        let allowed = settings["allowed_headers"] ?? old
        let refused = settings["disallowed_headers"]
        for name in ["authorization", "cookie"] {
            if let refused, EnvoyPatterns(refused).patterns.contains(where: { $0.matches(name) == true }) {
                find(.credentialNotSent, at: refused.spot, "disallowed_headers has \(name)")
            }
            // All are sent by gRPC; over HTTP authorization is one of those that are never left out.
            guard let allowed else {
                if settings["http_service"] != nil, name == "cookie" {
                    find(.credentialNotSent, at: filter.node.spot, "without allowed_headers, cookie is left out")
                }
                continue
            }
            let isAlways = settings["http_service"] != nil && name == "authorization"
            if !isAlways, EnvoyPatterns(allowed).patterns.missing(of: [name])?.isEmpty == false {
                find(.credentialNotSent, at: allowed.spot, "allowed_headers has no \(name)")
            }
        }
    }

    /// Clusters that end each connection.
    mutating func judgeClusters(of document: ConfigNode) {
        let asked = Set(
            document.mappings(with: ["server_uri", "envoy_grpc"]).compactMap {
                $0["server_uri", "cluster"]?.text ?? $0["envoy_grpc", "cluster_name"]?.text
            })
        for cluster in document.mappings(with: ["load_assignment"]) where asked.contains(cluster["name"]?.text ?? "") {
            for options in cluster.mappings(with: ["max_requests_per_connection"]) {
                guard let most = options["max_requests_per_connection"], let count = most.text.flatMap({ Int($0) }),
                    count > 0, count < 100
                else { continue }
                find(.noKeptConnection, at: most.spot, "max_requests_per_connection: \(count)")
            }
        }
    }

    /// What Istio and Envoy Gateway make such filters of.
    mutating func judgeGenerators(in document: ConfigNode) {
        for holder in document.mappings(with: ["envoy_ext_authz_http", "envoy_ext_authz_grpc"]) {
            guard let provider = holder["envoy_ext_authz_http"] ?? holder["envoy_ext_authz_grpc"] else { continue }
            let isHTTP = holder["envoy_ext_authz_http"] != nil
            judge(provider, provider["include_request_headers_in_check"], isHTTP: isHTTP)
            if provider["status_on_error"]?.text != "503" {
                find(.outage, at: provider["status_on_error"]?.spot ?? provider.spot, "statusOnError is not 503")
            }
        }
        for holder in document.mappings(with: ["ext_auth"]) {
            guard let asks = holder["ext_auth"] else { continue }
            judge(asks, asks["headers_to_ext_auth"], isHTTP: asks["http"] != nil)
        }
    }

    private mutating func judge(_ provider: ConfigNode, _ sent: ConfigNode?, isHTTP: Bool) {
        if let open = provider["fail_open"], open.isTrue { find(.failureModeAllow, at: open.spot, "failOpen: true") }
        let names = (sent?.texts ?? []).map { $0.lowercased() }
        // By gRPC all are sent where nothing is listed.
        if !names.contains("cookie"), isHTTP || sent != nil {
            find(.credentialNotSent, at: sent?.spot ?? provider.spot, "the fields that are sent have no cookie")
        }
    }
}
