import Bytes

/// Searches that look at eight bytes at a time.
///
/// In each word the lowest flag is exact; a higher one may be false, because a subtraction borrowed. So the first flag
/// is used and the ones behind it are not.
enum ByteScan {
    private static var ones: UInt64 { 0x0101_0101_0101_0101 }
    private static var highs: UInt64 { 0x8080_8080_8080_8080 }

    /// The offset of the first control byte (below SP, or DEL) at or after `start`; the number of bytes when there is none.
    ///
    /// - Parameter start: zero or more.
    @inline(__always)
    static func control(in bytes: RawSpan, from start: Int) -> Int {
        precondition(start >= 0)
        var offset = start
        // Most values end within their first words; a token goes on for a thousand bytes.
        var wideStart = start &+ 48
        while offset &+ 8 <= bytes.byteCount {
            let flags = controls(bytes.uncheckedWord(at: offset)) & highs
            if flags != 0 { return offset &+ flags.trailingZeroBitCount / 8 }
            offset &+= 8
            guard offset >= wideStart else { continue }
            while offset &+ 64 <= bytes.byteCount, isPlain64(in: bytes, at: offset) { offset &+= 64 }
            wideStart = offset &+ 64
        }
        while offset < bytes.byteCount {
            let byte = bytes[byte: offset]
            if byte < 0x20 || byte == 0x7F { break }
            offset &+= 1
        }
        return offset
    }

    /// The offset of the first byte at or after `start` that is not of a token; the number of bytes when there is none.
    ///
    /// - Parameter start: zero or more.
    @inline(__always)
    static func tokenEnd(in bytes: RawSpan, from start: Int) -> Int {
        precondition(start >= 0)
        var offset = start
        while offset < bytes.byteCount {
            if offset &+ 8 <= bytes.byteCount {
                let flags = lettersAndDashes(bytes.uncheckedWord(at: offset)) ^ highs
                guard flags != 0 else {
                    offset &+= 8
                    continue
                }
                offset &+= flags.trailingZeroBitCount / 8
            }
            guard ByteSet.token.contains(bytes[byte: offset]) else { break }
            offset &+= 1
        }
        return offset
    }

    /// The offset of the first byte of `range` that a target's path can't go on with: none of a target, `?`, or above
    /// ASCII; the range's end when there is none.
    @inline(__always)
    static func pathEnd(in bytes: RawSpan, of range: Range<Int>) -> Int {
        var offset = range.lowerBound
        while offset &+ 8 <= range.upperBound {
            let flags = pathEnds(bytes[word: offset])
            if flags != 0 { return offset &+ flags.trailingZeroBitCount / 8 }
            offset &+= 8
        }
        if offset < range.upperBound, offset > range.lowerBound {
            // The last eight: those of them that were looked at before end nothing.
            offset = range.upperBound &- 8
            let flags = pathEnds(bytes[word: offset])
            return flags == 0 ? range.upperBound : offset &+ flags.trailingZeroBitCount / 8
        }
        while offset < range.upperBound {
            let byte = bytes[byte: offset]
            guard ByteSet.target.contains(byte), byte != UInt8(ascii: "?") else { break }
            offset &+= 1
        }
        return offset
    }

    /// The offset of the first `/` in `range`; nil when there is none.
    @inline(__always)
    static func slash(in bytes: RawSpan, of range: Range<Int>) -> Int? {
        var offset = range.lowerBound
        while offset &+ 8 <= range.upperBound {
            let flags = zeros(bytes[word: offset] ^ 0x2F2F_2F2F_2F2F_2F2F) & highs
            if flags != 0 { return offset &+ flags.trailingZeroBitCount / 8 }
            offset &+= 8
        }
        while offset < range.upperBound {
            if bytes[byte: offset] == UInt8(ascii: "/") { return offset }
            offset &+= 1
        }
        return nil
    }

    /// Whether the 64 bytes at `offset` are all printable ASCII. When in doubt it says no.
    ///
    /// A byte below 0x80 has bit 7 after adding 0x60 when it is no control byte, and after adding 1 when it is DEL; neither
    /// sum carries. A byte from 0xA0 on fails the first test, one from 0x80 to 0x9F one of the two, whatever is carried in.
    @inline(__always)
    private static func isPlain64(in bytes: RawSpan, at offset: Int) -> Bool {
        var allSet = SIMD2<UInt64>(repeating: highs)
        var anySet = SIMD2<UInt64>(repeating: 0)
        for step in 0..<4 {
            let words = bytes.vector(at: offset &+ step &* 16)
            allSet &= words &+ SIMD2(repeating: 0x6060_6060_6060_6060)
            anySet |= words &+ SIMD2(repeating: ones)
        }
        let plain = allSet & ~anySet
        return plain[0] & plain[1] & highs == highs
    }

    /// The high bit of each byte that a target's path can't go on with.
    @inline(__always)
    private static func pathEnds(_ word: UInt64) -> UInt64 {
        (controls(word) | zeros(word ^ 0x2020_2020_2020_2020) | zeros(word ^ 0x2323_2323_2323_2323)
            | zeros(word ^ 0x3F3F_3F3F_3F3F_3F3F) | word) & highs
    }

    /// The high bit of each byte that is a control byte; the other bits are noise.
    @inline(__always)
    private static func controls(_ word: UInt64) -> UInt64 {
        let belowSpace = (word &- 0x2020_2020_2020_2020) & ~word
        return belowSpace | zeros(word ^ 0x7F7F_7F7F_7F7F_7F7F)
    }

    /// The high bit of each byte that is zero; the other bits are noise.
    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }

    /// The high bit of each byte that is a letter or `-`; all of them exact.
    @inline(__always)
    private static func lettersAndDashes(_ word: UInt64) -> UInt64 {
        let seven = word & ~highs
        let lower = seven | 0x2020_2020_2020_2020
        // Sums of two numbers below 128 carry into no neighbour: bit 7 says "at least 'a'", "beyond 'z'", "not '-'".
        let letters = (lower &+ 0x1F1F_1F1F_1F1F_1F1F) & ~(lower &+ 0x0505_0505_0505_0505)
        let notDash = (seven ^ 0x2D2D_2D2D_2D2D_2D2D) &+ 0x7F7F_7F7F_7F7F_7F7F
        return (letters | ~notDash) & ~word & highs
    }
}

extension ByteSet {
    /// What a host and its port are made of: unreserved, sub-delims, `%`, `:`, `[` and `]` (RFC 3986 section 3.2.2).
    static var host: Self { Self(low: 0x2fff_7ff2_0000_0000, high: 0x47ff_fffe_afff_fffe) }

    /// What a target is made of: visible ASCII without `#`. More than RFC 3986 allows, because browsers send it.
    static var target: Self { Self(low: 0xffff_fff6_0000_0000, high: 0x7fff_ffff_ffff_ffff) }
}
