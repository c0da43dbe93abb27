import Authentication
package import Telemetry

/// What had been counted at a moment, small enough to keep many of them.
package struct StatusSample: Sendable {
    /// What one worker had counted.
    package struct Worker: Sendable {
        /// Requests that were answered.
        package var requests = 0
        /// How long its thread has run, in nanoseconds; nil where the system does not tell.
        package var busy: Int64?

        package init(requests: Int = 0, busy: Int64? = nil) {
            (self.requests, self.busy) = (requests, busy)
        }
    }

    /// What one cache had counted.
    package struct Cache: Sendable {
        package var hits = 0
        package var misses = 0

        package init(hits: Int = 0, misses: Int = 0) {
            (self.hits, self.misses) = (hits, misses)
        }
    }

    /// The steady clock, in nanoseconds.
    package var at: Int64
    /// Answers, one count per `Outcome`, in its order.
    package var outcomes = [Int](repeating: 0, count: Outcome.allCases.count)
    package var durations = DurationHistogram()
    package var tokens = Cache()
    package var sessions = Cache()
    /// Changes of records that the store told of; nil where it tells of none.
    package var changes: Int?
    package var workers: [Worker] = []

    package init(at moment: Int64) {
        at = moment
    }
}

extension StatusSample {
    /// Seconds since another one.
    func seconds(since earlier: StatusSample) -> Double { Double(at - earlier.at) / 1e9 }

    var requests: Int { outcomes.reduce(0, +) }

    /// Of what was looked up in both caches since then, the share that was there; nil where nothing was.
    func hitRate(since earlier: StatusSample) -> Double? {
        let hits = tokens.hits + sessions.hits - earlier.tokens.hits - earlier.sessions.hits
        let misses = tokens.misses + sessions.misses - earlier.tokens.misses - earlier.sessions.misses
        return Self.share(of: hits, and: misses)
    }

    static func share(of hits: Int, and misses: Int) -> Double? {
        hits >= 0 && misses >= 0 && hits + misses > 0 ? Double(hits) / Double(hits + misses) : nil
    }
}
