import Authentication
import HTTP1
package import Telemetry

extension ListenerFigures {
    /// Adds the listener's metrics to a page.
    package func write(to page: inout PrometheusPage) {
        for endpoint in Endpoint.allCases {
            for outcome in Outcome.allCases {
                page.add(.requests, ["\(endpoint)", "\(outcome)"], answers(endpoint, outcome))
            }
        }
        page.add(.requestErrors, ["404"], notFound)
        for status in ErrorStatus.allCases { page.add(.requestErrors, ["\(status.code)"], errors(status)) }
        page.add(.requestDuration, durations)
    }
}
