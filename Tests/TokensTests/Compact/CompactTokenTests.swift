import Bytes
import Fixtures
import Testing
import Tokens

@Suite struct CompactTokenTests {
    @Test(arguments: [
        ("a.b.c", true), ("..", true), ("a..", true), ("A-_9.x.", true), ("", false), ("a", false), ("a.b", false),
        ("a.b.c.d", false), ("a.b.c=", false), ("a.b. c", false), ("a+.b.c", false), ("a.b/.c", false),
        ("a.b.é", false),
    ])
    func `three parts of base64url's characters have the form of a token`(_ text: String, _ isForm: Bool) {
        let bytes = Array(text.utf8)
        let result = CompactToken.isForm(of: bytes.span.bytes)
        #expect(result == isForm)
    }

    @Test func `a right token has the form of a token`() {
        let token = TokenMint().token
        let result = CompactToken.isForm(of: token.span.bytes)
        #expect(result)
    }
}
