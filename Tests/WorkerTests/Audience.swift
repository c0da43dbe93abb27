import Bytes
import Fixtures
import HTTP1
import Traces
import Worker

/// Who is told of an embedded loop's requests.
final class Audience {
    let rules: ObservationRules
    let spans = SpanQueue()
    var samples: [RequestSample] = []

    init(_ rules: ObservationRules) { self.rules = rules }

    /// The limits of connections whose requests may say of which trace they are.
    static var limits: ConnectionLimits {
        var limits = ConnectionLimits.generous
        limits.further.look(at: .traceParent)
        limits.further.look(at: .traceState)
        return limits
    }

    /// What a collector would be sent now.
    func collect() throws -> [CollectedSpan] {
        let spans = spans.take()
        self.spans.release(spans.count, lost: 0)
        return try CollectedSpan.all(in: TraceExport(spans, version: "1").bytes)
    }
}

/// Fields that say of which trace a request is.
enum TraceFields {
    static let trace = "0af7651916cd43dd8448eb211c80319c"
    static let parent = "b7ad6b7169203331"

    /// - Parameter flags: `01` where who asks keeps the trace.
    static func value(_ flags: String = "01") -> String { "00-\(trace)-\(parent)-\(flags)" }

    static func line(_ flags: String = "01") -> String { "traceparent: \(value(flags))\r\n" }
}
