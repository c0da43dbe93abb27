/// Exponential backoff with jitter: pauses that double with each failure in a row, from a shortest to a longest, each
/// shortened at random by up to its half, so that many clients don't return in the same millisecond.
package struct Backoff: Hashable, Sendable {
    /// The pause after the first failure, before jitter; more than zero.
    package let shortest: Duration
    /// The bound of the doubling; at least `shortest`.
    package let longest: Duration
    /// How often the next pause is doubled: failures since the last `reset`, of which 63 suffice for any bound.
    private var doublings = 0

    package init(shortest: Duration, longest: Duration) {
        self.shortest = shortest
        self.longest = longest
    }

    /// Counts a failure and gives the pause before the next attempt.
    ///
    /// - Parameter jitter: a random number from 0 to 1; the pause is between its half and its whole.
    package mutating func fail(jitter: Double) -> Duration {
        var nanoseconds = shortest.nanoseconds
        for _ in 0..<doublings { nanoseconds = nanoseconds.addingSaturated(nanoseconds) }
        doublings = min(doublings + 1, 63)
        return .nanoseconds(Int64(Double(min(nanoseconds, longest.nanoseconds)) * (0.5 + 0.5 * jitter)))
    }

    /// An attempt has succeeded: the next failure counts as the first.
    package mutating func reset() {
        doublings = 0
    }
}
