import Bytes

/// Tells whether lines of `Authorization` have come joined by commas, as Envoy hands them on whatever the message's shape.
enum JoinedCredentials {
    /// Whether a value holds a token and something else: a token has no comma (RFC 6750 section 2.1). What stands behind other schemes is
    /// theirs, unless it begins with one that is taken here.
    static func areSeveral(_ value: RawSpan) -> Bool {
        guard value.firstIndex(of: UInt8(ascii: ",")) != nil else { return false }
        if beginsWithToken(value, at: 0) { return true }
        // Commas within quotes do not part, if the quotes are closed (RFC 9110 section 5.6.4).
        return partsHaveToken(value, minding: true) ?? partsHaveToken(value, minding: false) ?? false
    }

    /// Whether a part behind a comma begins with a scheme that is taken; nil: quotes are not closed.
    private static func partsHaveToken(_ value: RawSpan, minding mindsQuotes: Bool) -> Bool? {
        var (offset, isQuoted, hasToken) = (0, false, false)
        while offset < value.byteCount {
            switch value[byte: offset] {
            case UInt8(ascii: "\"") where mindsQuotes: isQuoted.toggle()
            case UInt8(ascii: "\\") where isQuoted: offset += 1
            case UInt8(ascii: ",") where !isQuoted: hasToken = hasToken || beginsWithToken(value, at: offset + 1)
            default: break
            }
            offset += 1
        }
        return isQuoted ? nil : hasToken
    }

    private static func beginsWithToken(_ value: RawSpan, at start: Int) -> Bool {
        var offset = start
        while offset < value.byteCount,
            value[byte: offset] == UInt8(ascii: " ") || value[byte: offset] == UInt8(ascii: "\t")
        {
            offset += 1
        }
        let rest = value.extracting(droppingFirst: offset)
        return [("bearer " as StaticString), "dpop "].contains { scheme in
            rest.byteCount > scheme.utf8CodeUnitCount
                && rest.extracting(first: scheme.utf8CodeUnitCount).equalsIgnoringCase(scheme)
        }
    }
}
