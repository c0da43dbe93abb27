import Bytes
import Traces

extension FuzzTarget {
    /// What says of which trace a request is, and what a collector answers: the first line is a `traceparent`, the rest a `tracestate` and an
    /// answer at once.
    static let traceContext = FuzzTarget(name: "trace-context") { input in
        let end = input.firstIndex(of: UInt8(ascii: "\n")) ?? input.byteCount
        let first = input.extracting(0..<end)
        let rest = input.extracting(min(end + 1, input.byteCount)..<input.byteCount)
        expect(TraceReply.rejectedSpans(in: [UInt8](copying: rest)) >= 0, "no number is below zero")
        guard let context = TraceContext(parent: first, state: rest) else { return }
        let flags = [UInt8](copying: first.extracting(53..<55))
        let text = "00-\(context.parent.trace.text)-\(context.parent.span.hexadecimal)-"
        expect([UInt8](copying: first) == Array(text.utf8) + flags, "a field has one spelling")
        expect(context.parent.span != 0, "a span has an id")
        expect(context.state.isEmpty || rest.equals(context.state.span.bytes), "a state is handed on as it came")
        expect(context.state.count <= 512 && context.state.allSatisfy { $0.isPrintable || $0 == 9 }, "it is short text")
    }
}
