/// A span as a collector reads it that takes nothing but what OTLP says (`opentelemetry/proto/trace/v1/trace.proto`).
package struct CollectedSpan {
    package typealias Fault = OTLPMessage.Fault

    /// An attribute's value: a text, or a number.
    package enum Value: Hashable, Sendable {
        case text(String)
        case number(UInt64)
    }

    /// In hexadecimal digits, as are the two below.
    package let trace: String
    package let id: String
    /// Empty where there is none.
    package let parent: String
    package let state: String
    package let name: String
    package let kind: UInt64
    package let start: UInt64
    package let end: UInt64
    package let flags: UInt32
    package let status: UInt64
    package let attributes: [String: Value]
    /// The attributes of what it comes from.
    package let resource: [String: Value]

    /// The spans of an `ExportTraceServiceRequest`.
    package static func all(in request: [UInt8]) throws -> [CollectedSpan] {
        try OTLPMessage("request", request, [1: .many]).all(1).flatMap { bytes in
            let part = try OTLPMessage("ResourceSpans", bytes, [1: .bytes, 2: .many, 3: .bytes])
            let resource = try OTLPMessage(
                "Resource", try part.needed(part.bytes(1), "resource"), [1: .many, 2: .number])
            let attributes = try attributes(resource.all(1))
            return try part.all(2).flatMap { bytes in
                let scoped = try OTLPMessage("ScopeSpans", bytes, [1: .bytes, 2: .many, 3: .bytes])
                let scope = try OTLPMessage(
                    "Scope", try scoped.needed(scoped.bytes(1), "scope"), [1: .bytes, 2: .bytes, 3: .many, 4: .number])
                guard try scope.text(1)?.isEmpty == false else { throw Fault(description: "Scope has no name") }
                return try scoped.all(2).map { try CollectedSpan($0, of: attributes) }
            }
        }
    }

    private init(_ bytes: [UInt8], of resource: [String: Value]) throws {
        let span = try OTLPMessage(
            "Span", bytes,
            [
                1: .bytes, 2: .bytes, 3: .bytes, 4: .bytes, 5: .bytes, 6: .number, 7: .fixed64, 8: .fixed64, 9: .many,
                10: .number, 11: .many, 12: .number, 13: .many, 14: .number, 15: .bytes, 16: .fixed32,
            ])
        trace = try Self.id(span.bytes(1), length: 16)
        id = try Self.id(span.bytes(2), length: 8)
        parent = try span.bytes(4).map { try Self.id($0, length: 8) } ?? ""
        state = try span.text(3) ?? ""
        name = try span.needed(try span.text(5), "name")
        kind = try span.needed(span.number(6), "kind")
        start = try span.needed(span.fixed64(7), "start")
        end = try span.needed(span.fixed64(8), "end")
        flags = span.fixed32(16) ?? 0
        attributes = try Self.attributes(span.all(9))
        let status = try span.bytes(15).map { try OTLPMessage("Status", $0, [2: .bytes, 3: .number]) }
        self.status = status?.number(3) ?? 0
        self.resource = resource
        guard (1...5).contains(kind), start > 0, end >= start, !name.isEmpty else {
            throw Fault(description: "the span \(name) has no kind, or ends before it begins: \(start), \(end)")
        }
    }

    private static func id(_ bytes: [UInt8]?, length: Int) throws -> String {
        guard let bytes, bytes.count == length, bytes.contains(where: { $0 != 0 }) else {
            throw Fault(description: "an id is not \(length) bytes, or zero")
        }
        return bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private static func attributes(_ fields: [[UInt8]]) throws -> [String: Value] {
        var attributes: [String: Value] = [:]
        for bytes in fields {
            let pair = try OTLPMessage("KeyValue", bytes, [1: .bytes, 2: .bytes])
            let value = try OTLPMessage("AnyValue", try pair.needed(pair.bytes(2), "value"), [1: .bytes, 3: .number])
            let key = try pair.needed(try pair.text(1), "key")
            guard attributes[key] == nil else { throw Fault(description: "\(key) is there twice") }
            switch (try value.text(1), value.number(3)) {
            case (let text?, nil): attributes[key] = .text(text)
            case (nil, let number?): attributes[key] = .number(number)
            default: throw Fault(description: "\(key) has no value, or two")
            }
        }
        return attributes
    }
}
