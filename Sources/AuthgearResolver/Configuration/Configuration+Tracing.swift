package import Questions
package import Traces
package import Trust
package import Worker

extension Configuration {
    /// Where spans of traces are sent (contract section 31).
    package struct Tracing: Sendable {
        /// Where they are posted, with the path for that.
        package var endpoint: FetchURL
        /// Which traces are kept.
        package var sampling = SamplingRule.parent
        /// Who vouches for the collector.
        package var anchors = TrustAnchors.system

        package init(endpoint: FetchURL, sampling: SamplingRule = .parent) {
            (self.endpoint, self.sampling) = (endpoint, sampling)
        }
    }

    /// Which requests are told of.
    package var observation: ObservationRules {
        ObservationRules(sampling: tracing?.sampling, loggedShare: log.sample)
    }
}
