package import NIOCore

/// When to try the next connection: pauses that double from 10 ms to half a second, jittered, so that a server that
/// comes back is found within a second and many resolvers don't find it in the same millisecond.
///
/// A pause is counted from the beginning of the attempt that failed: one that took long to fail is followed at once.
package struct ReconnectSchedule {
    package static let shortest = TimeAmount.milliseconds(10)
    package static let longest = TimeAmount.milliseconds(500)

    /// Attempts since a connection last proved itself.
    private var attempts = 0
    private var began = NIODeadline.distantPast
    /// Nil unless the connection is ready.
    private var readySince: NIODeadline?

    package init() {}

    package mutating func attemptBegan(at now: NIODeadline) {
        began = now
        readySince = nil
    }

    package mutating func becameReady(at now: NIODeadline) {
        readySince = now
    }

    /// The attempt failed, or the connection was lost. Gives the moment of the next attempt.
    ///
    /// A connection that was ready for less than the longest pause proves nothing, so a server that drops each
    /// connection is not hammered.
    ///
    /// - Parameter jitter: a random number from 0 up to 1; the pause is between its half and its whole.
    package mutating func failed(at now: NIODeadline, jitter: Double) -> NIODeadline {
        if let readySince, now - readySince >= Self.longest { attempts = 0 }
        let doubled = Self.shortest.nanoseconds << Int64(min(attempts, 10))
        attempts += 1
        let pause = Double(min(doubled, Self.longest.nanoseconds)) * (0.5 + jitter / 2)
        let from = readySince == nil ? began : now
        return max(from + .nanoseconds(Int64(pause)), now + .nanoseconds(Self.shortest.nanoseconds / 2))
    }
}
