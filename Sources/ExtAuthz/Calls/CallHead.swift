import Bytes

/// What the header list of a call says (gRPC over HTTP/2), as its lines have it.
package struct CallHead: Sendable {
    package enum Method: Int, CaseIterable, Sendable {
        /// `envoy.service.auth.v3.Authorization/Check`.
        case check
        /// `grpc.health.v1.Health/Check`.
        case health
        case other
    }

    package private(set) var method = Method.other
    /// Whether it is a call of gRPC at all: by POST, with its media type.
    package var isCall: Bool { isPost && hasMediaType }
    /// How long its client waits, in nanoseconds; nil: it does not say, or not in a way that can be read.
    package private(set) var timeout: Int64?
    /// What its metadata say of what is asked.
    package private(set) var mode = CheckMode.Words()
    /// The call's one `traceparent`, and its `tracestate`, of several with commas between, where they are looked at; nil: there is none.
    package private(set) var traceParent: [UInt8]?
    package private(set) var traceState: [UInt8]?
    private var readsTraces = false
    private var isPost = false
    private var hasMediaType = false

    /// - Parameters:
    ///   - lines: `name:value`, each with a line break behind.
    ///   - readsTraces: whether anybody wants to know of which trace the call is.
    package init(in lines: RawSpan, readingTraces readsTraces: Bool = false) {
        self.readsTraces = readsTraces
        var start = 0
        while let end = lines.firstIndex(of: UInt8(ascii: "\r"), from: start) {
            // The colon of a pseudo-field's name is not that behind the name.
            if end > start, let colon = lines.firstIndex(of: UInt8(ascii: ":"), from: start + 1), colon < end {
                read(lines.extracting(start..<colon), at: colon + 1..<end, in: lines)
            }
            start = end + 2
        }
    }

    private mutating func read(_ name: RawSpan, at place: Range<Int>, in lines: RawSpan) {
        let value = lines.extracting(place)
        switch name.byteCount {
        case 5 where name.equals(":path"): method = Self.method(value)
        case 7 where name.equals(":method"): isPost = value.equals("POST")
        case 12 where name.equals("content-type"): hasMediaType = Self.isMediaType(value)
        case 12 where name.equals("grpc-timeout"): timeout = Self.timeout(value)
        case 19 where name.equals("x-authgear-endpoint"): mode.endpoint = String(decoding: value)
        case 17 where name.equals("x-authgear-policy"): mode.policy = String(decoding: value)
        // Of two, nobody can say which one is meant: what they are together is none.
        case 11 where readsTraces && name.equals("traceparent"):
            traceParent = traceParent.map { _ in [] } ?? [UInt8](copying: value)
        case 10 where readsTraces && name.equals("tracestate"):
            append(state: value)
        default: break
        }
    }

    /// Of several fields one list is made (RFC 9110 section 5.3). What is far too long already does not grow.
    private mutating func append(state value: RawSpan) {
        guard let length = traceState?.count else { return traceState = [UInt8](copying: value) }
        guard length < 1 << 10 else { return }
        traceState?.append(UInt8(ascii: ","))
        traceState?.append(copying: value)
    }

    private static func method(_ path: RawSpan) -> Method {
        if path.equals("/envoy.service.auth.v3.Authorization/Check") { return .check }
        return path.equals("/grpc.health.v1.Health/Check") ? .health : .other
    }

    /// `application/grpc`, perhaps with a subtype behind `+` or parameters.
    private static func isMediaType(_ value: RawSpan) -> Bool {
        let type: StaticString = "application/grpc"
        let length = type.utf8CodeUnitCount
        guard value.byteCount >= length, value.extracting(first: length).equalsIgnoringCase(type) else { return false }
        return value.byteCount == length || value[byte: length] == UInt8(ascii: "+")
            || value[byte: length] == UInt8(ascii: ";")
    }

    /// At most eight digits, and a unit.
    private static func timeout(_ value: RawSpan) -> Int64? {
        guard (2...9).contains(value.byteCount) else { return nil }
        var count: Int64 = 0
        for offset in 0..<value.byteCount - 1 {
            let digit = value[byte: offset] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            count = count * 10 + Int64(digit)
        }
        let unit: Int64
        switch value[byte: value.byteCount - 1] {
        case UInt8(ascii: "H"): unit = 3_600_000_000_000
        case UInt8(ascii: "M"): unit = 60_000_000_000
        case UInt8(ascii: "S"): unit = 1_000_000_000
        case UInt8(ascii: "m"): unit = 1_000_000
        case UInt8(ascii: "u"): unit = 1_000
        case UInt8(ascii: "n"): unit = 1
        default: return nil
        }
        let (product, overflows) = count.multipliedReportingOverflow(by: unit)
        return overflows ? .max : product
    }
}

extension String {
    init(decoding bytes: RawSpan) {
        self = String(decoding: [UInt8](copying: bytes), as: UTF8.self)
    }
}
