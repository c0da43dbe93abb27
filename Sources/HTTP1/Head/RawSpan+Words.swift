import Bytes

/// Loads from the bytes of a head. Each checks its bounds.
extension RawSpan {
    @inline(__always)
    func word32(at offset: Int) -> UInt32 {
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
    }

    /// The same with letters in lower case. Other bytes may change too, but none becomes a letter that wasn't one.
    @inline(__always)
    func lowercased32(at offset: Int) -> UInt32 { word32(at: offset) | 0x2020_2020 }

    @inline(__always)
    func lowercased64(at offset: Int) -> UInt64 { self[word: offset] | 0x2020_2020_2020_2020 }

    @inline(__always)
    func lowercased(at offset: Int) -> UInt8 { self[byte: offset] | 0x20 }
}

/// Four characters as a little-endian load of four bytes sees them.
@inline(__always)
func word(_ a: Unicode.Scalar, _ b: Unicode.Scalar, _ c: Unicode.Scalar, _ d: Unicode.Scalar) -> UInt32 {
    let low = UInt32(UInt8(ascii: a)) | UInt32(UInt8(ascii: b)) << 8
    return low | UInt32(UInt8(ascii: c)) << 16 | UInt32(UInt8(ascii: d)) << 24
}

/// Eight characters as a little-endian load of eight bytes sees them.
@inline(__always)
func word(
    _ a: Unicode.Scalar, _ b: Unicode.Scalar, _ c: Unicode.Scalar, _ d: Unicode.Scalar,
    _ e: Unicode.Scalar, _ f: Unicode.Scalar, _ g: Unicode.Scalar, _ h: Unicode.Scalar
) -> UInt64 {
    UInt64(word(a, b, c, d)) | UInt64(word(e, f, g, h)) << 32
}
