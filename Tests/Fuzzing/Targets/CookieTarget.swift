import Authentication
import Bytes
import JOSE

extension FuzzTarget {
    /// The scanner finds what splitting the field at its semicolons finds; a session cookie is its id, a dot and a rest.
    static let cookie = FuzzTarget(name: "cookie") { input in
        var scanner = CookieScanner(FieldValue(start: 0, end: input.byteCount))
        var found: [[UInt8]] = []
        while let (kind, value) = scanner.next(among: CookieNames(prefix: ""), in: input) {
            guard kind == .session else { continue }
            expect(0...value.range.upperBound ~= value.range.lowerBound, "a value has an order")
            let bytes = input.extracting(value.range)
            found.append([UInt8](copying: bytes))
            checkSession(bytes)
        }
        expect(found == split([UInt8](copying: input)), "the scanner finds what splitting finds")
    }

    private static func split(_ field: [UInt8]) -> [[UInt8]] {
        field.split(separator: UInt8(ascii: ";")).compactMap { pair in
            let start = pair.drop { $0.isFieldSpace }
            let trimmed = start.reversed().drop { $0.isFieldSpace }.reversed()
            let name = Array("session=".utf8)
            guard trimmed.starts(with: name) else { return nil }
            let (value, quote) = (trimmed.dropFirst(name.count), UInt8(ascii: "\""))
            let isQuoted = value.count >= 2 && value.first == quote && value.last == quote
            return Array(isQuoted ? value.dropFirst().dropLast() : value)
        }
    }

    private static func checkSession(_ value: RawSpan) {
        guard let cookie = try? SessionCookie(value) else { return }
        let start = cookie.id + [UInt8(ascii: ".")]
        expect(value.byteCount > start.count, "a session cookie has a secret")
        expect(value.extracting(0..<start.count).equals(start.span.bytes), "a session cookie starts with its id")
        expect(value.firstIndex(of: UInt8(ascii: "."), from: start.count) == nil, "a session cookie has one dot")
        expect(cookie.digest == SHA256Digest(of: value), "the digest is the whole value's")
    }
}
