/// What a collector is sent: an `ExportTraceServiceRequest` (OTLP 1.x, `opentelemetry/proto/collector/trace/v1`). The numbers below
/// are those of its fields.
package struct TraceExport: Sendable {
    /// Behind the collector's address (OTLP, section "OTLP/HTTP Request").
    package static let path = "/v1/traces"
    package static let mediaType = "application/x-protobuf"

    private static let serviceName = "authgear-resolver"

    /// The message.
    package let bytes: [UInt8]

    /// - Parameter version: the program's.
    package init(_ spans: [SpanRecord], version: String) {
        var request = MessageBuilder()
        request.add(1) { resourceSpans in
            resourceSpans.add(1) { resource in
                resource.add(1) { $0.write(attribute: "service.name", text: Self.serviceName) }
                resource.add(1) { $0.write(attribute: "service.version", text: version) }
            }
            resourceSpans.add(2) { scopeSpans in
                scopeSpans.add(1) { scope in
                    scope.add(1, text: Self.serviceName)
                    scope.add(2, text: version)
                }
                for span in spans { scopeSpans.add(2) { $0.write(span) } }
            }
        }
        bytes = request.bytes
    }
}

extension MessageBuilder {
    /// A `Span`.
    fileprivate mutating func write(_ span: SpanRecord) {
        add(1, id: span.trace.high, span.trace.low)
        add(2, id: span.id)
        if !span.state.isEmpty { add(3, bytes: span.state) }
        if span.parent != 0 { add(4, id: span.parent) }
        add(5, text: "\(span.name.text)")
        add(6, varint: span.name.kind)
        add(7, fixed64: UInt64(clamping: span.start))
        add(8, fixed64: UInt64(clamping: span.end))
        if let facts = span.facts { write(facts) }
        // Sampled; and whether the parent is remote, which bit 8 says is known.
        add(16, fixed32: span.isParentRemote ? 0x301 : 0x101)
    }

    /// Attributes, and a status where the answer is an error of ours.
    private mutating func write(_ facts: RequestFacts) {
        add(9) { $0.write(attribute: "http.response.status_code", number: UInt64(clamping: facts.status)) }
        add(9) { $0.write(attribute: "authgear.outcome", text: "\(facts.outcome)") }
        if let credential = facts.credential {
            add(9) { $0.write(attribute: "authgear.credential", text: "\(credential)") }
        }
        if let reason = facts.reason { add(9) { $0.write(attribute: "authgear.reason", text: "\(reason)") } }
        if let isHit = facts.isHit {
            add(9) { $0.write(attribute: "authgear.cache", text: isHit ? "hit" : "miss") }
        }
        if let policy = facts.policy { add(9) { $0.write(attribute: "authgear.policy", text: policy) } }
        if let issuer = facts.issuer { add(9) { $0.write(attribute: "authgear.issuer", number: UInt64(issuer)) } }
        if facts.status >= 500 { add(15) { $0.add(3, varint: 2) } }
    }

    /// A `KeyValue` whose `AnyValue` is a text.
    fileprivate mutating func write(attribute name: String, text: String) {
        add(1, text: name)
        add(2) { $0.add(1, text: text) }
    }

    /// One whose value is a number.
    fileprivate mutating func write(attribute name: String, number: UInt64) {
        add(1, text: name)
        add(2) { $0.add(3, varint: number) }
    }
}

extension SpanName {
    /// A `SpanKind`: SERVER, CLIENT for what others are asked, else INTERNAL.
    fileprivate var kind: UInt64 {
        switch self {
        case .resolve: 2
        case .redisGet, .question: 3
        case .jwksWait: 1
        }
    }
}
