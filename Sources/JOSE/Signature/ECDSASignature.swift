import Bytes

/// An ECDSA signature in both of its forms: as JWS has it, r and s one after the other at the curve's length
/// (RFC 7518 section 3.4), and as libcrypto takes it, DER (RFC 3279 section 2.2.3). Held inline.
struct ECDSASignature {
    /// SEQUENCE { INTEGER r, INTEGER s }; for P-521 at most 3 + 2 × (2 + 67) bytes.
    private var bytes = InlineArray<144, UInt8>(repeating: 0)
    private var count = 0

    /// - Parameter signature: r and s; an even number of bytes, at most 132.
    init(concatenated signature: RawSpan) {
        let half = signature.byteCount / 2
        let r = Self.contentRange(of: signature, in: 0..<half)
        let s = Self.contentRange(of: signature, in: half..<2 * half)
        let content = 4 + r.count + s.count + Self.signByte(of: signature, at: r) + Self.signByte(of: signature, at: s)
        append(0x30)
        if content > 127 { append(0x81) }
        append(UInt8(truncatingIfNeeded: content))
        append(integer: signature, at: r)
        append(integer: signature, at: s)
    }

    /// The signature in DER.
    var der: RawSpan {
        @_lifetime(borrow self) get { bytes.span.bytes.extracting(first: count) }
    }

    private mutating func append(_ byte: UInt8) {
        bytes[count] = byte
        count += 1
    }

    private mutating func append(integer source: RawSpan, at range: Range<Int>) {
        let sign = Self.signByte(of: source, at: range)
        append(0x02)
        append(UInt8(truncatingIfNeeded: range.count + sign))
        if sign == 1 { append(0) }
        for index in range { append(source[byte: index]) }
    }

    /// The number without its leading zero bytes; at least one byte.
    private static func contentRange(of source: RawSpan, in range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        while start < range.upperBound - 1, source[byte: start] == 0 { start += 1 }
        return start..<range.upperBound
    }

    /// 1 when a zero byte must stand before the number, because its highest bit would read as a sign.
    private static func signByte(of source: RawSpan, at range: Range<Int>) -> Int {
        source[byte: range.lowerBound] >= 0x80 ? 1 : 0
    }
}
