/// A moment of the civil clock: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Arithmetic saturates: a token whose `exp` is 1e300 lies in the far future, it does not trap.
@usableFromInline
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since the Unix epoch; negative before it.
    @usableFromInline
    package var microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package init(seconds: Int64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        self.microseconds = overflow ? (seconds < 0 ? .min : .max) : product
    }

    /// Whole seconds since the Unix epoch, rounded down.
    package var seconds: Int64 {
        microseconds.dividedRoundingDown(by: 1_000_000).quotient
    }

    package static let distantPast = Timestamp(microseconds: .min)
    package static let distantFuture = Timestamp(microseconds: .max)

    @inlinable
    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    @inlinable
    package static func <= (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds <= right.microseconds
    }

    package static func + (moment: Timestamp, span: Duration) -> Timestamp {
        moment.adding(microseconds: span.wholeMicroseconds)
    }

    /// The same for a span that is at hand as a number.
    package func adding(microseconds span: Int64) -> Timestamp {
        Timestamp(microseconds: microseconds.addingSaturated(span))
    }

    package static func - (moment: Timestamp, span: Duration) -> Timestamp {
        let microseconds = span.wholeMicroseconds
        let (difference, overflow) = moment.microseconds.subtractingReportingOverflow(microseconds)
        return Timestamp(microseconds: overflow ? (microseconds > 0 ? .min : .max) : difference)
    }
}

extension Duration {
    /// The duration in microseconds, towards zero, clamped to what 64 bits hold.
    package var wholeMicroseconds: Int64 { whole(ofAttoseconds: 1_000_000_000_000) }

    /// The duration in nanoseconds, towards zero, clamped to what 64 bits hold.
    package var nanoseconds: Int64 { whole(ofAttoseconds: 1_000_000_000) }

    /// How many whole units it lasts. By one division of the processor's: `components` takes several of software.
    private func whole(ofAttoseconds unit: UInt64) -> Int64 {
        let (isNegative, magnitude) = (attoseconds < 0, attoseconds.magnitude)
        let high = UInt64(truncatingIfNeeded: magnitude >> 64)
        guard high < unit else { return isNegative ? .min : .max }
        let count = unit.dividingFullWidth((high, UInt64(truncatingIfNeeded: magnitude))).quotient
        guard let whole = Int64(exactly: count) else { return isNegative ? .min : .max }
        return isNegative ? -whole : whole
    }
}

extension Int64 {
    /// The sum; the nearest number that there is when it does not fit.
    package func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}

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

    /// When it will be that time, or was, on the steady clock; saturates.
    package func steady(at time: Timestamp) -> Int64 {
        let (microseconds, isFar) = time.microseconds.subtractingReportingOverflow(timestamp.microseconds)
        let (nanoseconds, isFarther) = microseconds.multipliedReportingOverflow(by: 1_000)
        guard !isFar, !isFarther else { return time < timestamp ? .min : .max }
        return steady.addingSaturated(nanoseconds)
    }
}
