import Bytes

/// Tells whether lines of `Authorization` have come joined by commas, as Envoy hands them on whatever the message's shape.
enum JoinedCredentials {
    /// Whether a value holds more than one line's credentials (RFC 9110 section 11.6.2): a token has no comma, so that behind one of the
    /// schemes that are taken here a comma begins another line; behind others it does where no parameter follows.
    static func areSeveral(_ value: RawSpan) -> Bool {
        guard var comma = value.firstIndex(of: UInt8(ascii: ",")) else { return false }
        for scheme in ["bearer " as StaticString, "dpop "] where comma >= scheme.utf8CodeUnitCount {
            if value.extracting(first: scheme.utf8CodeUnitCount).equalsIgnoringCase(scheme) { return true }
        }
        // A comma within quotes belongs to a parameter's value.
        guard let end = self.end(of: value, from: 0) else { return false }
        comma = end
        while comma < value.byteCount {
            let start = comma + 1
            guard let end = self.end(of: value, from: start) else { return false }
            let element = value.extracting(start..<end)
            if !isEmpty(element), !isParameter(element) { return true }
            comma = end
        }
        return false
    }

    /// Where an element ends that a comma, or the value's end, follows; nil: within quotes that are not closed.
    private static func end(of value: RawSpan, from start: Int) -> Int? {
        var (offset, isQuoted) = (start, false)
        while offset < value.byteCount {
            switch value[byte: offset] {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "\\") where isQuoted: offset += 1
            case UInt8(ascii: ",") where !isQuoted: return offset
            default: break
            }
            offset += 1
        }
        return isQuoted ? nil : value.byteCount
    }

    private static func isEmpty(_ element: RawSpan) -> Bool { afterSpaces(of: element, from: 0) == element.byteCount }

    /// `name=value`, with space around.
    private static func isParameter(_ element: RawSpan) -> Bool {
        let start = afterSpaces(of: element, from: 0)
        var offset = start
        while offset < element.byteCount, ByteSet.token.contains(element[byte: offset]) { offset += 1 }
        guard offset > start else { return false }
        offset = afterSpaces(of: element, from: offset)
        return offset < element.byteCount && element[byte: offset] == UInt8(ascii: "=")
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func afterSpaces(of element: RawSpan, from start: Int) -> Int {
        var offset = start
        while offset < element.byteCount, isSpace(element[byte: offset]) {
            offset += 1
        }
        return offset
    }
}
