package import Bytes

/// Walks the pairs of a `Cookie` field's value (RFC 6265 section 4.2.1) and stops at those that are credentials.
///
/// Lenient about white space and about pairs without `=`, as every server is; a name matches byte for byte. The double quotes
/// that a value may stand in are no part of it.
package struct CookieScanner {
    /// Where the next pair begins.
    private var position: Int
    private let end: Int

    package init(_ field: FieldValue) {
        self.position = field.range.lowerBound
        self.end = field.range.upperBound
    }

    /// The next cookie that is a credential: its kind, and where its value stands in `head`; nil when there is none left.
    package mutating func next(
        among names: CookieNames, in head: RawSpan
    ) -> (kind: CredentialKind, value: FieldValue)? {
        while position < end {
            let pair = nextPair(in: head)
            guard let (kind, nameLength) = names.match(head.extracting(pair)) else { continue }
            return (kind, Self.unquote(pair.lowerBound + nameLength + 1..<pair.upperBound, in: head))
        }
        return nil
    }

    private static func unquote(_ value: Range<Int>, in head: RawSpan) -> FieldValue {
        let quote = UInt8(ascii: "\"")
        guard value.count >= 2, head[byte: value.lowerBound] == quote, head[byte: value.upperBound - 1] == quote else {
            return FieldValue(start: value.lowerBound, end: value.upperBound)
        }
        return FieldValue(start: value.lowerBound + 1, end: value.upperBound - 1)
    }

    /// The next pair without the white space around it; moves behind its `;`.
    private mutating func nextPair(in head: RawSpan) -> Range<Int> {
        var start = position
        var stop = start + (head.extracting(start..<end).firstIndex(of: UInt8(ascii: ";")) ?? end - start)
        position = stop + 1
        while start < stop, head[byte: start].isFieldSpace { start += 1 }
        while stop > start, head[byte: stop - 1].isFieldSpace { stop -= 1 }
        return start..<stop
    }
}
