import Bytes
package import JOSE

/// What a claim becomes in a header of its own (contract section 14): a string, a whole number within ±2⁵³, a boolean, or an array of
/// these with commas between. Nothing of another type does.
package enum ClaimHeaderValue {
    /// The largest whole number of which none of its neighbours is the same in a double (RFC 7493 section 2.2).
    private static let largestInteger: Int64 = 1 << 53

    /// The header's value; nil when nothing is stated.
    package static func bytes(of header: ClaimHeader, in claims: ClaimsSet) throws(HeaderRefusal) -> [UInt8]? {
        guard let (place, range) = claims.find(header.place) else { return nil }
        let value = claims.value(at: range)
        switch (header.encoding, place.reading) {
        case (.base64url, _): return Base64URL.encode(value)
        case (_, .whole):
            if let items = items(of: value) { return try join(items, encoding: header.encoding) }
            return try scalar(value).map { text throws(HeaderRefusal) in
                try encode(text, as: header.encoding, isItem: false)
            }
        case (_, .equals(let expected)): return Array((expected.matches(value) ? "true" : "false").utf8)
        case (_, .split), (_, .names), (_, .each):
            return try claims.list(at: place).map { items throws(HeaderRefusal) in
                try join(items, encoding: header.encoding)
            }
        }
    }

    private static func join(
        _ items: [[UInt8]], encoding: ClaimHeader.Encoding
    ) throws(HeaderRefusal) -> [UInt8] {
        var bytes: [UInt8] = []
        for (number, item) in items.enumerated() {
            if number > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += try encode(item, as: encoding, isItem: true)
        }
        return bytes
    }

    private static func encode(
        _ text: [UInt8], as encoding: ClaimHeader.Encoding, isItem: Bool
    ) throws(HeaderRefusal) -> [UInt8] {
        let comma = UInt8(ascii: ",")
        guard encoding == .percent else {
            try FieldWriter.check(text)
            guard !isItem || !text.contains(comma) else { throw .holdsSeparator }
            return text
        }
        return text.percentEncoded { byte, offset in
            let isAtEnd = offset == 0 || offset == text.count - 1
            return byte.isPrintable && byte != UInt8(ascii: "%") && !(isItem && byte == comma)
                && !(isAtEnd && byte == UInt8(ascii: " "))
        }
    }

    /// The items of an array of scalars; nil when it is no array, or one of others.
    private static func items(of value: RawSpan) -> [[UInt8]]? {
        do throws(JSONError) {
            var reader = JSONReader(value)
            guard try reader.enterArray() else { return nil }
            var items: [[UInt8]] = []
            var areAll = true
            while try reader.nextElement() {
                let range = try reader.readRawValue()
                if let item = scalar(value.extracting(range)) { items.append(item) } else { areAll = false }
            }
            return areAll ? items : nil
        } catch {
            return nil
        }
    }

    private static func scalar(_ value: RawSpan) -> [UInt8]? {
        do throws(JSONError) {
            var reader = JSONReader(value)
            switch reader.kind {
            case .string: return try reader.readString()?.copy()
            case .boolean: return try reader.readBoolean().map { Array(($0 ? "true" : "false").utf8) }
            case .number:
                guard let number = try reader.readNumber()?.int64, number.magnitude <= largestInteger else {
                    return nil
                }
                return Array(String(number).utf8)
            case .object, .array, .null, nil: return nil
            }
        } catch {
            return nil
        }
    }
}
