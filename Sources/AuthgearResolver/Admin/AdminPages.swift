/// What the admin listener tells; the process supplies it.
package struct AdminPages: Sendable {
    /// What is missing before requests can be answered, a line each; empty when the process is ready.
    package var missing: @Sendable () async -> [String]
    /// What is wrong although requests can be answered, a line each.
    package var degraded: @Sendable () async -> [String]
    /// The metrics, as Prometheus reads them (exposition format 0.0.4).
    package var metrics: @Sendable () async throws -> String
    /// The keys that assertions are signed with, as a JWK set (RFC 7517 section 5); nil where there are none.
    package var jwks: @Sendable () -> String?

    package init(
        missing: @escaping @Sendable () async -> [String],
        degraded: @escaping @Sendable () async -> [String] = { [] },
        metrics: @escaping @Sendable () async throws -> String, jwks: @escaping @Sendable () -> String? = { nil }
    ) {
        self.missing = missing
        self.degraded = degraded
        self.metrics = metrics
        self.jwks = jwks
    }

    /// The answer to a request: its path decides, the query is ignored.
    func answer(to uri: String) async -> AdminAnswer {
        switch uri.prefix(while: { $0 != "?" }) {
        case "/healthz": return AdminAnswer(status: 200, text: "ok\n")
        case "/readyz":
            let missing = await missing()
            let degraded = await degraded()
            let lines = missing.isEmpty ? ["ready"] + degraded : missing + degraded
            return AdminAnswer(status: missing.isEmpty ? 200 : 503, text: lines.map { "\($0)\n" }.joined())
        case "/metrics":
            guard let text = try? await metrics() else {
                return AdminAnswer(status: 500, text: "the metrics could not be collected\n")
            }
            return AdminAnswer(status: 200, text: text, type: "text/plain; version=0.0.4; charset=utf-8")
        case "/jwks.json":
            guard let jwks = jwks() else {
                return AdminAnswer(status: 404, text: "there are no keys: assertion is not configured\n")
            }
            return AdminAnswer(status: 200, text: jwks, type: "application/jwk-set+json")
        default: return AdminAnswer(status: 404, text: "there are /healthz, /readyz, /metrics and /jwks.json\n")
        }
    }
}

/// An answer of the admin listener.
struct AdminAnswer: Sendable {
    var status: Int
    var text: String
    var type = "text/plain; charset=utf-8"
}

/// A request of the admin listener that waits for its page.
struct AdminRequest: Sendable {
    let uri: String
    let reply: @Sendable (AdminAnswer) -> Void
}
