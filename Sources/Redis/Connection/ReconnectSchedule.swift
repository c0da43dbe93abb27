import Bytes

/// When to try the next connection: pauses that double from 10 ms to half a second, jittered, so that a server that
/// comes back is found within a second and many resolvers don't find it in the same millisecond.
///
/// A pause is counted from the beginning of the attempt that failed: one that took long to fail is followed at once.
package struct ReconnectSchedule {
    package static let shortest: Int64 = 10_000_000
    package static let longest: Int64 = 500_000_000

    private var backoff = Backoff(shortest: .nanoseconds(shortest), longest: .nanoseconds(longest))
    private var began = Int64.min
    /// Nil unless the connection is ready.
    private var readySince: Int64?

    package init() {}

    package mutating func attemptBegan(at now: Int64) {
        began = now
        readySince = nil
    }

    package mutating func becameReady(at now: Int64) {
        readySince = now
    }

    /// The attempt failed, or the connection was lost. Gives the moment of the next attempt.
    ///
    /// A connection that was ready for less than the longest pause proves nothing, so a server that drops each
    /// connection is not hammered.
    ///
    /// - Parameter jitter: a random number from 0 up to 1; the pause is between its half and its whole.
    package mutating func failed(at now: Int64, jitter: Double) -> Int64 {
        // Before the pause is drawn: a connection that has lasted is followed by the shortest one.
        if let readySince, now - readySince >= Self.longest { backoff.reset() }
        let pause = backoff.fail(jitter: jitter).nanoseconds
        // An attempt that took longer than its pause has paused already; a connection that stood has not.
        let from = readySince == nil ? began : now
        return max(from + pause, now + Self.shortest / 2)
    }
}
