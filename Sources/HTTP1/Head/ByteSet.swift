import Bytes

extension ByteSet {
    /// What a host and its port are made of: unreserved, sub-delims, `%`, `:`, `[` and `]` (RFC 3986 section 3.2.2).
    static var host: Self { Self(low: 0x2fff_7ff2_0000_0000, high: 0x47ff_fffe_afff_fffe) }

    /// What a target is made of: visible ASCII without `#`. More than RFC 3986 allows, because browsers send it.
    static var target: Self { Self(low: 0xffff_fff6_0000_0000, high: 0x7fff_ffff_ffff_ffff) }
}
