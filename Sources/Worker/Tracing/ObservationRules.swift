package import Traces

/// Which requests are told of: to a collector, and in the log (contract section 31).
package struct ObservationRules: Hashable, Sendable {
    /// Which traces are kept; nil: nobody is told of any, and what says of traces is not looked at.
    package var sampling: SamplingRule?
    /// The share of requests that have a line in the log, from 0 to 1.
    package var loggedShare: Double

    package init(sampling: SamplingRule? = nil, loggedShare: Double = 0) {
        (self.sampling, self.loggedShare) = (sampling, loggedShare)
    }

    /// Whether any request may be told of.
    var isOn: Bool { sampling != nil || loggedShare > 0 }
}

/// What the log is told of one request.
package struct RequestSample: Sendable {
    package let outcome: StaticString
    /// Why it was not let in; nil: it was, or nobody said who asks.
    package let reason: StaticString?
    package internal(set) var microseconds: Int64
    /// The trace that it belongs to; nil: none.
    package let trace: TraceID?
}

/// Samples of a loop's requests, and how many there were beside them.
package struct RequestSamples: Sendable {
    package internal(set) var samples: [RequestSample] = []
    /// Those that were too many to be kept.
    package internal(set) var leftOut = 0

    /// So many are kept for the time of a tick.
    static let maximumCount = 512

    package init() {}

    mutating func append(_ sample: RequestSample) {
        if samples.count < Self.maximumCount { samples.append(sample) } else { leftOut += 1 }
    }
}
