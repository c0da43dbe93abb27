/// The pages that everything else rests on: an orchestrator's, Prometheus', a backend's.
extension AdminPage {
    /// Whether the process lives: "restart me" is up to who asks.
    ///
    /// - Parameter problems: what hangs, a line each.
    package static func health(_ problems: @escaping @Sendable () -> [String]) -> AdminPage {
        AdminPage("/healthz") { _ in
            let problems = problems()
            return problems.isEmpty
                ? AdminAnswer(text: "ok\n") : AdminAnswer(status: 503, lines: problems)
        }
    }

    /// Whether requests can be answered: "send me nothing yet" is up to who asks.
    package static func readiness(_ tell: @escaping @Sendable () async -> Readiness) -> AdminPage {
        AdminPage("/readyz") { request in
            let readiness = await tell()
            let isReady = readiness.isReady(isStrict: request[parameter: "strict"] != nil)
            return AdminAnswer(
                status: isReady ? 200 : 503, lines: [readiness.state.rawValue] + readiness.lines)
        }
    }

    /// The metrics, as Prometheus reads them (exposition format 0.0.4).
    package static func metrics(_ text: @escaping @Sendable () async throws -> String) -> AdminPage {
        AdminPage("/metrics") { _ in
            guard let text = try? await text() else {
                return AdminAnswer(status: 500, text: "the metrics could not be collected\n")
            }
            return AdminAnswer(text: text, type: "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    /// The keys that assertions are signed with, as a JWK set (RFC 7517 section 5); nil where there are none.
    package static func jwks(_ jwks: @escaping @Sendable () -> String?) -> AdminPage {
        AdminPage("/jwks.json") { _ in
            guard let jwks = jwks() else {
                return AdminAnswer(status: 404, text: "there are no keys: assertion is not configured\n")
            }
            return AdminAnswer(text: jwks, type: "application/jwk-set+json")
        }
    }
}
