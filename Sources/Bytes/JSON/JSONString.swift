/// A string that the reader has checked: its text between the quotes, as a view of the source.
package struct JSONString: ~Escapable {
    /// The bytes of the whole document.
    private let source: RawSpan
    /// The place of the text between the quotes in the document.
    package let range: Range<Int>
    /// Whether the text holds a backslash, so that the string is not the bytes of its text.
    package let hasEscapes: Bool

    @_lifetime(copy source)
    init(source: RawSpan, range: Range<Int>, hasEscapes: Bool) {
        self.source = source
        self.range = range
        self.hasEscapes = hasEscapes
    }

    /// The text between the quotes, escapes and all.
    package var text: RawSpan {
        @_lifetime(copy self)
        get { source.extracting(range) }
    }

    /// Whether the string is that literal, once its escapes are resolved.
    @inline(__always)
    package func equals(_ literal: StaticString) -> Bool {
        guard !hasEscapes else { return equalsUnescaped(literal.rawSpan) }
        return range.count == literal.utf8CodeUnitCount && text.equals(literal.rawSpan)
    }

    /// Whether the string has these bytes, once its escapes are resolved.
    package func equals(_ bytes: RawSpan) -> Bool {
        hasEscapes ? equalsUnescaped(bytes) : text.equals(bytes)
    }

    /// Lets a `switch` over a string have literals for its cases.
    package static func ~= (literal: StaticString, string: borrowing JSONString) -> Bool {
        string.equals(literal)
    }

    /// Whether the string is empty.
    package var isEmpty: Bool { range.isEmpty }

    /// The string's bytes, in UTF-8, escapes resolved.
    package func copy() -> [UInt8] {
        guard hasEscapes else { return [UInt8](copying: text) }
        var copy: [UInt8] = []
        copy.reserveCapacity(range.count)
        var rest = UnescapedBytes(text: text)
        while let byte = rest.next() { copy.append(byte) }
        return copy
    }

    /// Shows the string's bytes, in UTF-8, escapes resolved: of a copy only when there are any.
    @inline(__always)
    package func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
        guard hasEscapes else { return body(text) }
        let copy = copy()
        return body(copy.span.bytes)
    }

    private func equalsUnescaped(_ bytes: RawSpan) -> Bool {
        var rest = UnescapedBytes(text: text)
        for offset in 0..<bytes.byteCount where rest.next() != bytes[byte: offset] { return false }
        return rest.next() == nil
    }
}
