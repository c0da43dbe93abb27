/// Percent-encoding (RFC 3986 section 2.1).
extension Array where Element == UInt8 {
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

    /// The bytes with all others encoded than those that are plain; digits are upper case.
    ///
    /// - Parameter isPlain: whether the byte at an offset stands for itself.
    package func percentEncoded(unless isPlain: (_ byte: UInt8, _ offset: Int) -> Bool) -> [UInt8] {
        let digits: StaticString = "0123456789ABCDEF"
        var encoded: [UInt8] = []
        encoded.reserveCapacity(count)
        for (offset, byte) in enumerated() {
            guard !isPlain(byte, offset) else {
                encoded.append(byte)
                continue
            }
            encoded.append(UInt8(ascii: "%"))
            encoded.append(digits.rawSpan[byte: Int(byte >> 4)])
            encoded.append(digits.rawSpan[byte: Int(byte & 15)])
        }
        return encoded
    }

    /// The bytes with all but the unreserved ones encoded (RFC 3986 section 2.3).
    package var percentEncoded: [UInt8] { percentEncoded { byte, _ in byte.isUnreserved } }
}
