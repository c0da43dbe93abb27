/// A set of ASCII bytes, as two words.
struct ByteSet {
    private let low: UInt64
    private let high: UInt64

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        let word = byte & 0x40 == 0 ? low : high
        return (word &>> UInt64(byte & 63)) & 1 & ~UInt64(byte &>> 7) != 0
    }

    /// What tokens are made of: letters, digits, ``!#$%&'*+-.^_`|~`` (RFC 9110 section 5.6.2).
    static var token: Self { Self(low: 0x03ff_6cfa_0000_0000, high: 0x57ff_ffff_c7ff_fffe) }

    /// What a host and its port are made of: unreserved, sub-delims, `%`, `:`, `[` and `]` (RFC 3986 section 3.2.2).
    static var host: Self { Self(low: 0x2fff_7ff2_0000_0000, high: 0x47ff_fffe_afff_fffe) }

    /// What a target is made of: visible ASCII without `#`. More than RFC 3986 allows, because browsers send it.
    static var target: Self { Self(low: 0xffff_fff6_0000_0000, high: 0x7fff_ffff_ffff_ffff) }
}
