/// Strings: where they end, and that all of what they hold is right (RFC 8259 section 7, RFC 3629).
extension JSONReader {
    /// The string at whose opening quote the reader stands.
    @_lifetime(copy self)
    mutating func scanString() throws(JSONError) -> JSONString {
        position += 1
        let start = position
        skipPlainWords()
        guard isAt(UInt8(ascii: "\"")) else { return try scanRest(ofString: start) }
        // Most strings are plain.
        position += 1
        return JSONString(source: bytes, range: start..<position - 1, hasEscapes: false)
    }

    /// What is left of the string that begins at `start`.
    @_lifetime(copy self)
    private mutating func scanRest(ofString start: Int) throws(JSONError) -> JSONString {
        var hasEscapes = false
        while true {
            skipPlainWords()
            let byte = try peek()
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return JSONString(source: bytes, range: start..<position - 1, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try scanEscape()
            case 0..<0x20: throw .controlCharacter
            case 0x80...: try scanMultibyte(leading: byte)
            default: position += 1
            }
        }
    }

    /// Passes over bytes that are ASCII and no quote, no backslash and no control character, eight at a time. Stops at
    /// another byte, or within eight bytes of the end.
    @inline(__always)
    private mutating func skipPlainWords() {
        var offset = position
        let last = bytes.byteCount - 8
        while offset <= last {
            let special = Self.specialBytes(of: bytes.uncheckedWord(at: offset))
            guard special == 0 else {
                offset &+= special.trailingZeroBitCount / 8
                break
            }
            offset &+= 8
        }
        position = offset
    }

    /// The top bit of each byte that is not plain. Above the first such byte a carry may set others; below it none is set.
    private static func specialBytes(of word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        return ((quote &- ones) | (backslash &- ones) | (word &- ones &* 0x20) | word) & (ones &* 0x80)
    }

    /// The escape at whose backslash the reader stands.
    private mutating func scanEscape() throws(JSONError) {
        position += 1
        let selector = try peek()
        position += 1
        switch selector {
        case UInt8(ascii: "u"): try scanUnicodeEscape()
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        default: throw .badEscape
        }
    }

    /// The digits behind `\u`, and the other half when they are the first half of a surrogate pair.
    private mutating func scanUnicodeEscape() throws(JSONError) {
        let unit = try scanHexDigits()
        guard unit & 0xF800 == 0xD800 else { return }
        guard unit < 0xDC00, position + 1 < bytes.byteCount, bytes[byte: position] == UInt8(ascii: "\\"),
            bytes[byte: position + 1] == UInt8(ascii: "u")
        else { throw .loneSurrogate }
        position += 2
        guard try scanHexDigits() & 0xFC00 == 0xDC00 else { throw .loneSurrogate }
    }

    private mutating func scanHexDigits() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = try peek().hexDigitValue else { throw .badEscape }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    /// One scalar of two to four bytes: shortest form, no surrogate, none beyond U+10FFFF (RFC 3629 section 4).
    private mutating func scanMultibyte(leading: UInt8) throws(JSONError) {
        let (count, second): (Int, ClosedRange<UInt8>) =
            switch leading {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: throw .badUTF8
            }
        guard position + count <= bytes.byteCount, second.contains(bytes[byte: position + 1]) else { throw .badUTF8 }
        for offset in 2..<max(count, 2) where bytes[byte: position + offset] & 0xC0 != 0x80 { throw .badUTF8 }
        position += count
    }
}
