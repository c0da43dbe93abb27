import Bytes

/// Finds the token of a bearer credential (RFC 6750 section 2.1) in an `Authorization` field's value.
enum BearerToken {
    /// Where the token stands in `head`; nil when the field holds another scheme or no token at all.
    static func extract(from field: FieldValue, in head: RawSpan) -> FieldValue? {
        let scheme = field.range.prefix(6)
        guard scheme.count == 6, head.extracting(scheme).equalsIgnoringCase("bearer") else { return nil }
        var start = scheme.upperBound
        while start < field.range.upperBound, head[byte: start] == UInt8(ascii: " ") { start += 1 }
        guard start > scheme.upperBound, start < field.range.upperBound else { return nil }
        return FieldValue(start: start, end: field.range.upperBound)
    }

    /// Whether the token has the form of a JWS in compact serialization (RFC 7515 section 7.1): three parts.
    ///
    /// What the parts are made of is for the verifier to judge: a token that was meant as a JWT and is broken is
    /// refused, it does not turn into an opaque one.
    static func isCompact(_ token: RawSpan) -> Bool {
        var dots = 0
        for index in 0..<token.byteCount where token[byte: index] == UInt8(ascii: ".") { dots += 1 }
        return dots == 2
    }
}
