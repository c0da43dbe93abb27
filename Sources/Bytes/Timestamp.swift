/// A moment of the civil clock: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Arithmetic saturates: a token whose `exp` is 1e300 lies in the far future, it does not trap.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since the Unix epoch; negative before it.
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
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    package static let distantPast = Timestamp(microseconds: .min)
    package static let distantFuture = Timestamp(microseconds: .max)

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    package static func + (moment: Timestamp, span: Duration) -> Timestamp {
        moment.adding(microseconds: span.wholeMicroseconds)
    }

    /// The same for a span that is at hand as a number.
    package func adding(microseconds span: Int64) -> Timestamp {
        Timestamp(microseconds: microseconds.addingSaturated(span))
    }

    package static func - (moment: Timestamp, span: Duration) -> Timestamp {
        subtract(span.wholeMicroseconds, from: moment)
    }

    private static func subtract(_ microseconds: Int64, from moment: Timestamp) -> Timestamp {
        let (difference, overflow) = moment.microseconds.subtractingReportingOverflow(microseconds)
        return Timestamp(microseconds: overflow ? (microseconds > 0 ? .min : .max) : difference)
    }
}

extension Duration {
    /// The duration in microseconds, towards zero, clamped to what 64 bits hold.
    package var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carried) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }

    /// The duration in nanoseconds, towards zero, clamped to what 64 bits hold.
    package var nanoseconds: Int64 {
        let (microseconds, attoseconds) = (wholeMicroseconds, components.attoseconds)
        let (scaled, overflow) = microseconds.multipliedReportingOverflow(by: 1_000)
        guard !overflow else { return microseconds < 0 ? .min : .max }
        let (sum, carried) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000 % 1_000)
        return carried ? (microseconds < 0 ? .min : .max) : sum
    }
}
