extension [UInt8] {
    /// What a percent-encoded text stands for (RFC 3986 section 2.1); nil when a `%` is not followed by two digits.
    package init?(percentEncoded text: Substring) {
        self = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                append(byte)
                continue
            }
            guard let high = rest.popFirst()?.hexDigitValue, let low = rest.popFirst()?.hexDigitValue else {
                return nil
            }
            append(high << 4 | low)
        }
    }
}
