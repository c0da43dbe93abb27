/// Reading bytes that came from a network.
///
/// Takes spans of bytes; gives checked views, decoded copies and verdicts, and never a trap for what the bytes hold.
/// Imports nothing.
///
/// Every access is bounds-checked, in release builds too.
extension RawSpan {
    /// The byte at an offset that lies within the span.
    @inlinable
    package subscript(byte offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// The eight bytes from an offset on, all of which lie within the span; the first is the least significant.
    @inlinable
    package subscript(word offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The first byte of that value, or nil.
    @inlinable
    package func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        var offset = start
        let ones: UInt64 = 0x0101_0101_0101_0101
        while offset <= byteCount - 8 {
            // A zero byte where the value stands; the lowest one gets its top bit, whatever those above it get.
            let word = self[word: offset] ^ (ones &* UInt64(byte))
            let zeros = (word &- ones) & ~word & (ones &* 0x80)
            if zeros != 0 { return offset + zeros.trailingZeroBitCount / 8 }
            offset += 8
        }
        while offset < byteCount {
            if self[byte: offset] == byte { return offset }
            offset += 1
        }
        return nil
    }

    /// Whether both hold the same bytes. Not for secrets: their digests are compared, by `SHA256Digest.equalsHex`.
    @inlinable
    package func equals(_ other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        var offset = 0
        while offset + 8 <= byteCount {
            guard self[word: offset] == other[word: offset] else { return false }
            offset += 8
        }
        while offset < byteCount {
            guard self[byte: offset] == other[byte: offset] else { return false }
            offset += 1
        }
        return true
    }

    /// Whether these are the bytes of the literal.
    @inlinable
    package func equals(_ literal: StaticString) -> Bool {
        byteCount == literal.utf8CodeUnitCount && equals(literal.rawSpan)
    }

    /// Whether these are the bytes of the literal, ASCII letters taken in either case.
    ///
    /// - Parameter literal: all in lower case.
    @inlinable
    package func equalsIgnoringCase(_ literal: StaticString) -> Bool {
        guard byteCount == literal.utf8CodeUnitCount else { return false }
        let expected = literal.rawSpan
        for offset in 0..<byteCount where self[byte: offset].lowercased != expected[byte: offset] { return false }
        return true
    }
}

extension StaticString {
    /// The bytes of the literal. It must not be a single scalar, which has no address.
    @inlinable
    package var rawSpan: RawSpan {
        @_lifetime(immortal)
        get {
            let buffer = unsafe UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
            let span = unsafe RawSpan(_unsafeBytes: buffer)
            return unsafe _overrideLifetime(span, borrowing: ())
        }
    }
}

extension Span where Element == UInt8 {
    /// The same bytes, raw. (The standard library's own `bytes` counts as unsafe because elements may have padding.)
    @inlinable
    package var bytes: RawSpan {
        @_lifetime(copy self)
        get { RawSpan(_elements: self) }
    }
}

extension [UInt8] {
    /// A copy of the bytes.
    @inlinable
    package init(copying bytes: RawSpan) {
        self = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
    }

    /// Appends a copy of the bytes.
    @inlinable
    package mutating func append(copying bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }
}

extension String {
    /// Bytes of somebody else's, fit for a line that people read: what is not printable ASCII, and `"`, becomes a question
    /// mark, and what is beyond the limit an ellipsis.
    package init(printable bytes: some Collection<UInt8>, limit: Int = 200) {
        let shown = bytes.prefix(limit).map { byte in
            byte.isPrintable && byte != UInt8(ascii: "\"") ? byte : UInt8(ascii: "?")
        }
        self = String(decoding: shown, as: UTF8.self) + (bytes.count > limit ? "…" : "")
    }
}
