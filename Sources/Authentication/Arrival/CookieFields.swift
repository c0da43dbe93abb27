import Bytes

/// The values of a request's `Cookie` fields, in order, however many there are.
///
/// Nearly every request has one such field, or none. So of several only the first is kept, and where the last one ends: the
/// lines between are looked at again.
package struct CookieFields {
    /// The value that is next; nil when there is none left.
    private var value: FieldValue?
    /// Where the last value ends.
    private let end: Int

    init(_ arrival: Arrival) {
        self.value = arrival.firstCookie
        self.end = Int(arrival.cookiesEnd)
    }

    /// Where the next value stands in `head`, the head that the arrival is of: without white space around it.
    @inline(__always)
    package mutating func next(in head: RawSpan) -> FieldValue? {
        guard let current = value else { return nil }
        value = current.range.upperBound < end ? Self.find(after: current.range.upperBound, before: end, in: head) : nil
        return current
    }

    /// The first `Cookie` field among the lines that begin behind an offset, which lies within a line.
    private static func find(after offset: Int, before end: Int, in head: RawSpan) -> FieldValue? {
        var lineEnd = lineEnd(from: offset, before: end, in: head)
        while lineEnd + lineBreak < end {
            let start = lineEnd + lineBreak
            lineEnd = Self.lineEnd(from: start, before: end, in: head)
            guard start + nameLength <= lineEnd,
                head.extracting(start..<start + nameLength).equalsIgnoringCase("cookie:")
            else { continue }
            return trim(from: start + nameLength, to: lineEnd, in: head)
        }
        return nil
    }

    private static var lineBreak: Int { 2 }
    /// With the colon.
    private static var nameLength: Int { 7 }

    /// Takes spaces and tabs off both ends (RFC 9110 section 5.5).
    private static func trim(from start: Int, to end: Int, in head: RawSpan) -> FieldValue {
        var (start, end) = (start, end)
        while start < end, head[byte: start].isFieldSpace { start += 1 }
        while end > start, head[byte: end - 1].isFieldSpace { end -= 1 }
        return FieldValue(start: start, end: end)
    }

    /// The offset of the CR that ends the line; `end` when it goes on until there.
    private static func lineEnd(from start: Int, before end: Int, in head: RawSpan) -> Int {
        head.extracting(0..<end).firstIndex(of: UInt8(ascii: "\r"), from: start) ?? end
    }
}
