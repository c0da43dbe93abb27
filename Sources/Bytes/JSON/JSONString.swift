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

/// The bytes that a checked text between quotes stands for, one after another.
struct UnescapedBytes: ~Escapable {
    private let text: RawSpan
    private var position = 0
    /// UTF-8 that the last escape stands for and that was not given yet; the least significant byte is next.
    private var pending: UInt32 = 0

    @_lifetime(copy text)
    init(text: RawSpan) {
        self.text = text
    }

    mutating func next() -> UInt8? {
        if pending != 0 {
            defer { pending >>= 8 }
            return UInt8(truncatingIfNeeded: pending)
        }
        guard position < text.byteCount else { return nil }
        let byte = text[byte: position]
        position += 1
        return byte == UInt8(ascii: "\\") ? escaped() : byte
    }

    /// The first byte of what the escape behind the backslash stands for.
    private mutating func escaped() -> UInt8? {
        guard position < text.byteCount else { return nil }
        let selector = text[byte: position]
        position += 1
        switch selector {
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"): return encoded(scalar: scalar())
        default: return selector
        }
    }

    /// The scalar behind `\u`; a surrogate pair is one scalar.
    private mutating func scalar() -> UInt32 {
        let unit = hexDigits()
        guard unit & 0xFC00 == 0xD800 else { return unit }
        position += 2
        return 0x1_0000 + (unit - 0xD800) << 10 + hexDigits() & 0x3FF
    }

    private mutating func hexDigits() -> UInt32 {
        var unit: UInt32 = 0
        let end = min(position + 4, text.byteCount)
        while position < end {
            unit = unit << 4 | UInt32(text[byte: position].hexDigitValue ?? 0)
            position += 1
        }
        return unit
    }

    /// The first byte of a scalar's UTF-8; the others become pending. (Of continuation bytes none is zero.)
    private mutating func encoded(scalar: UInt32) -> UInt8 {
        switch scalar {
        case 0..<0x80:
            return UInt8(scalar)
        case 0x80..<0x800:
            pending = continuation(of: scalar, shiftedBy: 0)
            return UInt8(0xC0 | scalar >> 6)
        case 0x800..<0x1_0000:
            pending = continuation(of: scalar, shiftedBy: 6) | continuation(of: scalar, shiftedBy: 0) << 8
            return UInt8(0xE0 | scalar >> 12)
        default:
            pending =
                continuation(of: scalar, shiftedBy: 12) | continuation(of: scalar, shiftedBy: 6) << 8 | continuation(
                    of: scalar, shiftedBy: 0) << 16
            return UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18)
        }
    }

    private func continuation(of scalar: UInt32, shiftedBy shift: UInt32) -> UInt32 {
        0x80 | scalar >> shift & 0x3F
    }
}
