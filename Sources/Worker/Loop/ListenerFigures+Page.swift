import Authentication
import HTTP1
package import Telemetry

extension ListenerFigures {
    /// Adds the listener's metrics to a page.
    package func write(to page: inout PrometheusPage) {
        for endpoint in Endpoint.allCases {
            for outcome in Outcome.allCases {
                page.add(.requests, labels: ["\(endpoint)", "\(outcome)"], value: answers(endpoint, outcome))
            }
        }
        page.add(.requestErrors, labels: ["404"], value: notFound)
        for status in ErrorStatus.allCases {
            page.add(.requestErrors, labels: ["\(status.code)"], value: errors(status))
        }
        page.add(.requestDuration, histogram: durations)
    }
}
