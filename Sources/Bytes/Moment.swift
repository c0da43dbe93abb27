/// One moment on both clocks: the civil one, for dates, and the steady one, for how long something lasts. The civil clock
/// may be set, also back; the steady one never is.
package struct Moment: Sendable {
    /// Nanoseconds of the steady clock, whose zero means nothing.
    package var steady: Int64
    package var timestamp: Timestamp

    package init(steady: Int64, timestamp: Timestamp) {
        self.steady = steady
        self.timestamp = timestamp
    }

    /// When a span that begins now is over, on the steady clock; saturates.
    package func steady(after span: Duration) -> Int64 {
        steady.addingSaturated(span.nanoseconds)
    }
}
