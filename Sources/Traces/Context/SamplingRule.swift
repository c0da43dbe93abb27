/// Which traces are kept.
package enum SamplingRule: Hashable, Sendable {
    /// Those that who asks keeps.
    case parent
    /// A share of all, whatever who asks does.
    case share(TraceShare)
}

/// A share of traces, by their ids alone: whoever decides by the same rule keeps the same ones, and of two shares the larger one has
/// all of the smaller one's.
package struct TraceShare: Hashable, Sendable {
    /// Ids whose last 56 bits, which are random (W3C Trace Context Level 2, section 3.2.2.3.1), are below this are not kept.
    private let threshold: UInt64

    private static let randomBits: UInt64 = 1 << 56

    /// - Parameter share: from 0 to 1.
    package init(_ share: Double) {
        let left = max(0, min(1, 1 - share))
        threshold = UInt64((left * Double(Self.randomBits)).rounded())
    }

    package func takes(_ trace: TraceID) -> Bool { trace.low & (Self.randomBits - 1) >= threshold }
}
