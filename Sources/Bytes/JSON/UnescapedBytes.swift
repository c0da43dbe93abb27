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
        case UInt8(ascii: "u"): return encoded(scalar())
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
    private mutating func encoded(_ scalar: UInt32) -> UInt8 {
        switch scalar {
        case 0..<0x80:
            return UInt8(scalar)
        case 0x80..<0x800:
            pending = continuation(scalar, 0)
            return UInt8(0xC0 | scalar >> 6)
        case 0x800..<0x1_0000:
            pending = continuation(scalar, 6) | continuation(scalar, 0) << 8
            return UInt8(0xE0 | scalar >> 12)
        default:
            pending = continuation(scalar, 12) | continuation(scalar, 6) << 8 | continuation(scalar, 0) << 16
            return UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18)
        }
    }

    private func continuation(_ scalar: UInt32, _ shift: UInt32) -> UInt32 {
        0x80 | scalar >> shift & 0x3F
    }
}
