import Authentication
import Bytes
import JOSE
import Testing

struct SessionCookieTests {
    @Test func `the id stands before the one dot, the digest is that of the whole value`() throws {
        let cookie = try SessionCookie(Array("a8c1.secret".utf8).span.bytes)
        #expect(cookie.id == Array("a8c1".utf8))
        #expect(cookie.digest == SHA256Digest(of: Array("a8c1.secret".utf8).span.bytes))
    }

    @Test(arguments: [
        "", ".", "a.", ".b", "ab", "a.b.c", "a b.c", "a\t.c", "a\u{7F}.c", "ä.c",
        String(repeating: "a", count: SessionCookie.maximumIDLength + 1) + ".b",
    ])
    func `any other value is malformed`(value: String) {
        #expect(throws: RecordRefusal.malformedCookie) { try SessionCookie(Array(value.utf8).span.bytes) }
    }

    @Test func `the longest id is accepted`() throws {
        let id = String(repeating: "a", count: SessionCookie.maximumIDLength)
        #expect(try SessionCookie(Array("\(id).b".utf8).span.bytes).id == Array(id.utf8))
    }
}
