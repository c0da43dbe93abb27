/// A set of ASCII bytes, as two words.
@usableFromInline
package struct ByteSet: Sendable {
    @usableFromInline let low: UInt64
    @usableFromInline let high: UInt64

    /// - Parameters:
    ///   - low: a bit for each of 0x00 to 0x3F, the first the least significant.
    ///   - high: the same for 0x40 to 0x7F.
    @inlinable
    package init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    @inlinable @inline(__always)
    package func contains(_ byte: UInt8) -> Bool {
        let word = byte & 0x40 == 0 ? low : high
        return (word &>> UInt64(byte & 63)) & 1 & ~UInt64(byte &>> 7) != 0
    }

    /// What tokens, such as methods and field names, are made of: letters, digits, ``!#$%&'*+-.^_`|~`` (RFC 9110 section
    /// 5.6.2).
    @inlinable
    package static var token: Self { Self(low: 0x03ff_6cfa_0000_0000, high: 0x57ff_ffff_c7ff_fffe) }
}

/// The classes of ASCII bytes that the grammars of HTTP, JOSE and JSON are made of.
extension UInt8 {
    /// `0`–`9`.
    @inlinable
    package var isDigit: Bool { self &- 0x30 < 10 }

    /// What a hexadecimal digit (`0`–`9`, `a`–`f`, `A`–`F`) stands for, or nil.
    @inlinable
    package var hexDigitValue: UInt8? {
        if isDigit { return self &- 0x30 }
        let letter = lowercased &- 0x61
        return letter < 6 ? letter + 10 : nil
    }

    /// An ASCII capital as its small letter; any other byte as it is.
    @inlinable
    package var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

    /// `0`–`9`, `a`–`f`.
    package var isLowercaseHexDigit: Bool { self &- 0x30 < 10 || self &- 0x61 < 6 }

    /// 0x21–0x7E.
    @inlinable
    package var isVisible: Bool { self &- 0x21 < 0x5E }

    /// 0x20–0x7E: visible or a space.
    @inlinable
    package var isPrintable: Bool { self &- 0x20 < 0x5F }

    /// `tchar`: what methods and field names are made of (RFC 9110 section 5.6.2).
    @inlinable
    package var isTokenCharacter: Bool { ByteSet.token.contains(self) }

    /// `A`–`Z`, `a`–`z`, `0`–`9`, `-`, `.`, `_`, `~` (RFC 3986 section 2.3).
    package var isUnreserved: Bool {
        isDigit || lowercased &- 0x61 < 26 || self == 0x2D || self == 0x2E || self == 0x5F || self == 0x7E
    }

    /// What scopes are made of: visible, but no quote and no backslash (RFC 6749 section 3.3).
    package var isScopeCharacter: Bool { isVisible && self != 0x22 && self != 0x5C }

    /// The white space of a field line: space or tab (RFC 9110 section 5.6.3).
    @inlinable
    package var isFieldSpace: Bool { self == 0x20 || self == 0x09 }

    /// The white space of JSON: space, tab, line feed, carriage return (RFC 8259 section 2).
    @inlinable
    package var isJSONSpace: Bool { self <= 0x20 && (self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09) }
}
