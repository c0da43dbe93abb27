/// Reading bytes that came from a network.
///
/// Takes spans of bytes; gives checked views, decoded copies and verdicts, and never a trap for what the bytes hold.
/// Imports nothing.
///
/// Every access is bounds-checked, in release builds too; loops over whole spans check their bounds once.
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

    /// The sixteen bytes from an offset on, all of which lie within the span.
    @inlinable
    @inline(__always)
    package func vector(at offset: Int) -> SIMD2<UInt64> {
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD2<UInt64>.self)
    }

    /// The eight bytes from an offset on, for a loop that has checked that they lie within the span.
    @inlinable
    @inline(__always)
    package func uncheckedWord(at offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
    }

    /// The first byte of that value, or nil.
    ///
    /// - Parameter start: where the search begins, zero or more; beyond the end nothing is found.
    @inlinable
    package func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        precondition(start >= 0)
        var offset = start
        let ones: UInt64 = 0x0101_0101_0101_0101
        let pattern = ones &* UInt64(byte)
        let last = byteCount - 8
        while offset <= last {
            // A zero byte where the value stands; the lowest one gets its top bit, whatever those above it get.
            let word = uncheckedWord(at: offset) ^ pattern
            let zeros = (word &- ones) & ~word & (ones &* 0x80)
            if zeros != 0 { return offset &+ zeros.trailingZeroBitCount / 8 }
            offset &+= 8
        }
        while offset < byteCount {
            if self[byte: offset] == byte { return offset }
            offset += 1
        }
        return nil
    }

    /// The same, where the byte is likely to be hundreds of bytes away.
    @inlinable
    package func distantIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        precondition(start >= 0)
        var offset = start
        let pattern = 0x0101_0101_0101_0101 &* UInt64(byte)
        while offset <= byteCount - 64, !mayHold(pattern, inLineAt: offset) { offset &+= 64 }
        return firstIndex(of: byte, from: offset)
    }

    /// Whether one of the 64 bytes at an offset is that of the pattern, eight times the same byte. Now and then it says so
    /// without reason, never the other way round.
    @inlinable
    @inline(__always)
    func mayHold(_ pattern: UInt64, inLineAt offset: Int) -> Bool {
        let ones = SIMD2<UInt64>(repeating: 0x0101_0101_0101_0101)
        var zeros = SIMD2<UInt64>(repeating: 0)
        for step in 0..<4 {
            let words = vector(at: offset &+ step &* 16) ^ SIMD2(repeating: pattern)
            zeros |= (words &- ones) & ~words
        }
        return (zeros[0] | zeros[1]) & 0x8080_8080_8080_8080 != 0
    }

    /// Whether each byte is printable ASCII, the space included (`UInt8.isPrintable`).
    package var isPrintable: Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs = ones &* 0x80
        var offset = 0
        let last = byteCount - 8
        while offset <= last {
            let word = uncheckedWord(at: offset)
            // Of bytes below 0x80 neither sum carries: bit 7 says "no control byte" in the one and "DEL" in the other.
            guard word & highs == 0, (word &+ ones &* 0x60) & ~(word &+ ones) & highs == highs else { return false }
            offset &+= 8
        }
        while offset < byteCount {
            guard self[byte: offset].isPrintable else { return false }
            offset += 1
        }
        return true
    }

    /// Whether both hold the same bytes. Not for secrets: their digests are compared, by `SHA256Digest.equalsHex`.
    @inlinable
    package func equals(_ other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        var offset = 0
        let last = byteCount - 8
        while offset <= last {
            guard uncheckedWord(at: offset) == other.uncheckedWord(at: offset) else { return false }
            offset &+= 8
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

    /// Appends a copy with all letters of ASCII in lower case, as they nearly always are already.
    package mutating func append(lowercasing bytes: RawSpan) {
        let start = count
        append(copying: bytes)
        for index in start..<count where self[index] != self[index].lowercased { self[index] = self[index].lowercased }
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
