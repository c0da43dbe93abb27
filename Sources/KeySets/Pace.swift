package import Bytes
package import NIOCore

/// How often one issuer's keys are fetched, and how long a request waits for them (contract section 5).
package struct Pace: Hashable, Sendable {
    /// What an answer's `Cache-Control: max-age` is bounded to.
    package var ages: ClosedRange<TimeAmount>
    /// How old keys may grow when the answer does not say.
    package var usualAge: TimeAmount
    /// How far fetches are spread, as a part of the age. Not at all for files: looks that fall together cost less.
    package var spread: Double
    /// The pauses after failed fetches.
    package var backoff: Backoff
    /// At most one fetch is begun early, for a request's sake, in this time. So long, too, a `kid` is denied that a fetch
    /// did not bring: the issuer may sign with a key before it publishes it, and a stranger may guess the next `kid`.
    package var betweenEarlyFetches: TimeAmount
    /// How long a request waits for a key.
    package var wait: TimeAmount

    /// Keys that come over the network.
    package static func remote(wait: TimeAmount) -> Pace {
        Pace(
            ages: .minutes(1) ... .hours(24), usualAge: .minutes(10), spread: 0.15,
            backoff: Backoff(shortest: .seconds(1), longest: .seconds(60)),
            betweenEarlyFetches: .seconds(30), wait: wait)
    }

    /// Keys in a file: a fetch is a look at its size and times, and a read when these changed.
    package static func file(wait: TimeAmount) -> Pace {
        Pace(
            ages: .seconds(1) ... .seconds(1), usualAge: .seconds(1), spread: 0,
            backoff: Backoff(shortest: .seconds(1), longest: .seconds(1)),
            betweenEarlyFetches: .milliseconds(100), wait: wait)
    }

    /// When to fetch again after a fetch that succeeded: from 75 % of the keys' age on, so before they have aged.
    ///
    /// - Parameter jitter: from 0 to 1.
    func untilRefresh(maxAge: TimeAmount?, jitter: Double) -> TimeAmount {
        let age = min(max(maxAge ?? usualAge, ages.lowerBound), ages.upperBound)
        return .nanoseconds(Int64(Double(age.nanoseconds) * (0.75 + spread * jitter)))
    }
}
