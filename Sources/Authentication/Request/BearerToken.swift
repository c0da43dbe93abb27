import Bytes
import JOSE

/// Finds the token of a bearer credential (RFC 6750 section 2.1) in an `Authorization` field's value.
enum BearerToken {
    /// Where the token stands in `head`; nil when the field holds another scheme or no token at all.
    static func extract(from field: FieldValue, in head: RawSpan) -> FieldValue? {
        guard field.range.count > 7, isScheme(head[word: field.range.lowerBound]) else { return nil }
        var start = field.range.lowerBound + 7
        while start < field.range.upperBound, head[byte: start] == UInt8(ascii: " ") { start += 1 }
        guard start < field.range.upperBound else { return nil }
        return FieldValue(start: start, end: field.range.upperBound)
    }

    /// Where the token of a DPoP credential (RFC 9449 section 7.1) stands; nil when the field holds another scheme or no token.
    static func extractDPoP(from field: FieldValue, in head: RawSpan) -> FieldValue? {
        var start = field.range.lowerBound + 5
        guard start < field.range.upperBound,
            head.extracting(field.range.lowerBound..<start).equalsIgnoringCase("dpop ")
        else { return nil }
        while start < field.range.upperBound, head[byte: start] == UInt8(ascii: " ") { start += 1 }
        guard start < field.range.upperBound else { return nil }
        return FieldValue(start: start, end: field.range.upperBound)
    }

    /// Whether the first seven of eight bytes are `bearer`, in any case, and a space.
    private static func isScheme(_ word: UInt64) -> Bool {
        // Only a letter's two cases become that letter when bit 5 is set.
        (word & 0x00FF_FFFF_FFFF_FFFF) | 0x2020_2020_2020 == 0x20_7265_7261_6562
    }

    /// Whether the token has the form of a JWS in compact serialization (RFC 7515 section 7.1): three parts.
    ///
    /// What the parts are made of is for the verifier to judge: a token that was meant as a JWT and is broken is
    /// refused, it does not turn into an opaque one.
    static func isCompact(_ token: RawSpan) -> Bool { token.compactDots != nil }
}

/// How the token of an `Authorization` field is to be taken.
enum TokenScheme: Sendable {
    /// Who has the token may use it (RFC 6750).
    case bearer
    /// Its sender has to prove that he has its key (RFC 9449).
    case dpop
}
