/// What the admin listener tells; the process supplies it.
package struct AdminPages: Sendable {
    /// What is missing before requests can be answered, a line each; empty when the process is ready.
    package var missing: @Sendable () async -> [String]
    /// What is wrong although requests can be answered, a line each.
    package var degraded: @Sendable () async -> [String]
    /// The metrics, as Prometheus reads them (exposition format 0.0.4).
    package var metrics: @Sendable () async throws -> String

    package init(
        missing: @escaping @Sendable () async -> [String],
        degraded: @escaping @Sendable () async -> [String] = { [] },
        metrics: @escaping @Sendable () async throws -> String
    ) {
        self.missing = missing
        self.degraded = degraded
        self.metrics = metrics
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
        default: return AdminAnswer(status: 404, text: "there are /healthz, /readyz and /metrics\n")
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
