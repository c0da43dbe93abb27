import Authentication
import Bytes
import Testing

struct CookieScannerTests {
    /// A `Cookie` field's value, a name, and the values that cookies of that name have in it.
    static let table: [(field: String, name: String, values: [String])] = [
        ("session=a.b", "session", ["a.b"]),
        ("a=1; session=a.b; c=2", "session", ["a.b"]),
        ("session=1; session=2;session=3", "session", ["1", "2", "3"]),
        ("app_session=x; session=y", "session", ["y"]),
        ("sessions=x; sessio=y; session", "session", []),
        ("Session=x", "session", []),
        ("session=", "session", [""]),
        ("session=a=b", "session", ["a=b"]),
        ("session=a b", "session", ["a b"]),
        ("  session=a \t; ;; =; session=b", "session", ["a", "b"]),
        ("session =a", "session", []),
        ("session= a", "session", [" a"]),
        ("session=\"a.b\"", "session", ["a.b"]),
        ("session=\"a.b\" ; session=\"\"", "session", ["a.b", ""]),
        ("session=\"; session=\"a; session=a\"", "session", ["\"", "\"a", "a\""]),
        ("session=\"a\"b\"", "session", ["a\"b"]),
        ("x_session=1; session=2", "x_session", ["1"]),
        ("", "session", []),
        (";", "session", []),
        ("=a", "session", []),
    ]

    @Test(arguments: table)
    func `finds the cookies of a name in order`(field: String, name: String, values: [String]) {
        #expect(Self.values(of: name, in: Array(field.utf8)) == values)
    }

    @Test(arguments: table)
    func `reads nothing outside of its field`(field: String, name: String, values: [String]) {
        let before = Array("session=no;".utf8)
        let after = Array(";session=no".utf8)
        let head = before + Array(field.utf8) + after
        let place = FieldValue(start: before.count, end: before.count + field.utf8.count)
        #expect(Self.values(of: name, in: head, at: place) == values)
    }

    @Test func `a long field without the cookie is walked once`() {
        let field = Array(String(repeating: "a=b; ", count: 10_000).utf8)
        #expect(Self.values(of: "session", in: field) == [])
    }

    private static func values(of name: String, in head: [UInt8], at place: FieldValue? = nil) -> [String] {
        var scanner = CookieScanner(place ?? FieldValue(start: 0, end: head.count))
        var values: [String] = []
        let names = CookieNames(prefix: String(name.dropLast("session".count)))
        while let (kind, value) = scanner.next(among: names, in: head.span.bytes) {
            guard kind == .session else { continue }
            values.append(String(decoding: head[value.range], as: UTF8.self))
        }
        return values
    }
}
