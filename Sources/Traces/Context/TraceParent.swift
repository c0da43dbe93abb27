import Bytes

/// What a `traceparent` field says (W3C Trace Context, section 3.2): which trace a request belongs to, and which span asks.
package struct TraceParent: Hashable, Sendable {
    package let trace: TraceID
    /// The span that asks; never zero.
    package let span: UInt64
    /// Whether who asks keeps the trace.
    package let isSampled: Bool

    /// A version, two ids and flags, with a dash between them.
    static let length = 55

    package init(trace: TraceID, span: UInt64, isSampled: Bool) {
        (self.trace, self.span, self.isSampled) = (trace, span, isSampled)
    }

    /// Reads version 00, whose digits are in lower case; nil for every other version, and for what is no such field.
    package init?(_ value: RawSpan) {
        guard value.byteCount == Self.length, value.extracting(first: 3).equals("00-"),
            value[byte: 35] == UInt8(ascii: "-"), value[byte: 52] == UInt8(ascii: "-"),
            let high = UInt64(hexadecimal: value, at: 3), let low = UInt64(hexadecimal: value, at: 19),
            let trace = TraceID(high: high, low: low), let span = UInt64(hexadecimal: value, at: 36), span != 0,
            value[byte: 53].hexadecimalValue != nil, let flags = value[byte: 54].hexadecimalValue
        else { return nil }
        // Bits that have no meaning yet may be set.
        self.init(trace: trace, span: span, isSampled: flags & 1 == 1)
    }
}

/// The trace that a request belongs to, as its gateway says.
package struct TraceContext: Sendable {
    package let parent: TraceParent
    /// What comes with it for others, handed on as it came; empty where there is nothing, or nothing that may be.
    package let state: [UInt8]

    /// A longer state counts as absent.
    package static let longestState = TraceState.maximumLength

    /// - Parameters:
    ///   - parent: the value of the one `traceparent` field.
    ///   - state: that of the `tracestate` fields, of several with commas between (RFC 9110 section 5.3); nil where there is none. Nothing
    ///     without a parent.
    package init?(parent: RawSpan, state: RawSpan?) {
        guard let parent = TraceParent(parent) else { return nil }
        self.parent = parent
        if let state, TraceState.mayBeHandedOn(state) {
            self.state = [UInt8](copying: state)
        } else {
            self.state = []
        }
    }
}
