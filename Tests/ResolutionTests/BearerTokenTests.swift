import Bytes
import Resolution
import Testing

struct BearerTokenTests {
    @Test(arguments: [
        ("Bearer a.b.c", "a.b.c"),
        ("bearer a.b.c", "a.b.c"),
        ("BEARER   a.b.c", "a.b.c"),
        ("Bearer ..", ".."),
        ("Bearer a.b.c d", "a.b.c d"),
    ])
    func `a bearer token of three parts is found, its scheme in any case`(field: String, token: String) {
        #expect(Self.token(of: field) == token)
    }

    @Test(arguments: [
        "", "Bearer", "Bearer ", "Bearera.b.c", "Bearer\ta.b.c", "Basic a.b.c", "Bearer opaque", "Bearer a.b",
        "Bearer a.b.c.d.e", "Digest realm=\"a.b.c\"",
    ])
    func `another scheme, an empty or an opaque token is no credential`(field: String) {
        #expect(Self.token(of: field) == nil)
    }

    @Test func `a request without the field has no token`() {
        #expect(Arrival(endpoint: .resolve).bearerToken(in: [UInt8]().span.bytes) == nil)
    }

    private static func token(of field: String) -> String? {
        let head = Array("xx\(field)yy".utf8)
        var arrival = Arrival(endpoint: .resolve)
        arrival.authorization = FieldValue(start: 2, end: head.count - 2)
        return arrival.bearerToken(in: head.span.bytes).map { String(decoding: head[$0.range], as: UTF8.self) }
    }
}
