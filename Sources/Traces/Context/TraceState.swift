import Bytes

/// The value of a `tracestate` field (W3C Trace Context, section 3.3): a list of what tracing systems say to themselves. Nobody reads
/// it here.
enum TraceState {
    /// A longer one counts as absent.
    static let maximumLength = 512
    static let maximumMembers = 32
    private static let maximumPart = 256

    /// Whether a value has the form of such a list: then it is printable ASCII.
    static func mayBeHandedOn(_ value: RawSpan) -> Bool {
        guard (1...maximumLength).contains(value.byteCount) else { return false }
        var (start, members) = (0, 0)
        while start <= value.byteCount {
            let end = value.firstIndex(of: UInt8(ascii: ","), from: start) ?? value.byteCount
            switch member(in: value, from: start, to: end) {
            case .empty: break
            case .whole: members += 1
            case .broken: return false
            }
            start = end + 1
        }
        return (1...maximumMembers).contains(members)
    }

    private enum Member {
        case empty, whole, broken
    }

    /// `key=value`, with white space around it.
    private static func member(in value: RawSpan, from start: Int, to end: Int) -> Member {
        var (start, end) = (start, end)
        while start < end, value[byte: start].isFieldSpace { start += 1 }
        while end > start, value[byte: end - 1].isFieldSpace { end -= 1 }
        guard start < end else { return .empty }
        guard let sign = value.firstIndex(of: UInt8(ascii: "="), from: start), sign < end,
            (1...maximumPart).contains(sign - start), (1...maximumPart).contains(end - sign - 1),
            value[byte: start].isLowercaseLetter || value[byte: start].isDigit
        else { return .broken }
        for offset in start..<sign where !isOfKey(value[byte: offset]) { return .broken }
        for offset in sign + 1..<end where !isOfValue(value[byte: offset]) { return .broken }
        return .whole
    }

    private static func isOfKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "@"): true
        default: byte.isLowercaseLetter || byte.isDigit
        }
    }

    private static func isOfValue(_ byte: UInt8) -> Bool { byte.isPrintable && byte != UInt8(ascii: "=") }
}

extension UInt8 {
    fileprivate var isLowercaseLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
}
