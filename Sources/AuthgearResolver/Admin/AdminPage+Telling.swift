import HTTP1
package import Telemetry

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

    /// The metrics, as Prometheus reads them: in OpenMetrics when that is asked for.
    package static func metrics(
        _ bytes: @escaping @Sendable (ExpositionFormat) async throws -> [UInt8]
    ) -> AdminPage {
        AdminPage("/metrics") { request in
            let format = ExpositionFormat(accepting: request.accept)
            guard let bytes = try? await bytes(format) else {
                return AdminAnswer(status: 500, text: "the metrics could not be collected\n")
            }
            return AdminAnswer(body: bytes, type: format.mediaType)
        }
    }

    /// Which configuration holds: `{"generation":…,"sha256":…,"configuration":…}`.
    ///
    /// - Parameter tell: its number since the start, the SHA-256 of its file in hexadecimal, and what that says, as JSON.
    package static func configuration(
        _ tell: @escaping @Sendable () -> (generation: UInt64, sha256: String, json: [UInt8])
    ) -> AdminPage {
        AdminPage("/config") { _ in
            let (generation, sha256, json) = tell()
            let head = #"{"generation": \#(generation), "sha256": "\#(sha256)", "configuration": "#
            return AdminAnswer(body: Array(head.utf8) + json + Array("}\n".utf8), type: "application/json")
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

extension ExpositionFormat {
    /// What `Accept` prefers of the two (RFC 9110 section 12.5.1): Prometheus text unless OpenMetrics is named and wanted no less.
    init(accepting accept: String) {
        let preferences = Preferences(accept)
        let open =
            preferences.items.filter { item in
                item.name == "application/openmetrics-text" && ["1.0.0", nil].contains(item.parameters["version"])
            }.map(\.weight).max() ?? 0
        let plain = ["text/plain", "text/*", "*/*"].lazy.compactMap { preferences.weight(of: $0) }.first ?? 0
        self = open > 0 && open >= plain ? .openMetrics : .prometheus
    }
}
