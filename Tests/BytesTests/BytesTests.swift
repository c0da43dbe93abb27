import Bytes
import Testing

@Suite struct BytesTests {
    @Test(arguments: ["", "a", "abcdefg", "abcdefgh", "abcdefghi", "The quick brown fox"])
    func `spans are equal when all their bytes are`(text: String) {
        let bytes = Array(text.utf8)
        #expect(equals(bytes, bytes))
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 0x80
            #expect(!equals(bytes, other))
        }
        #expect(!equals(bytes, bytes + [0]))
    }

    @Test func `a literal is compared with its bytes, also when it is empty or a single scalar`() {
        #expect(equals("", ""))
        #expect(!equals("", "a"))
        #expect(equals("a", "a"))
        #expect(!equals("a", "b"))
        #expect(equals("Bearer", "Bearer"))
        #expect(!equals("Bearer", "bearer"))
    }

    @Test(arguments: [
        ("bearer", true), ("BEARER", true), ("BeArEr", true), ("bearer ", false), ("beare", false),
        ("\u{2}earer", false),
    ])
    func `case is ignored when asked`(text: String, isEqual: Bool) {
        #expect(equalsIgnoringCase(text, "bearer") == isEqual)
    }

    @Test func `only letters are the same in either case`() {
        // '@' and '`', '[' and '{' differ by the same bit as 'A' and 'a'.
        #expect(!equalsIgnoringCase("@[", "`{"))
    }

    @Test(arguments: [(0, 1), (2, 3), (3, 3), (4, nil), (9, nil)] as [(Int, Int?)])
    func `the first index of a byte is found from an offset on`(start: Int, found: Int?) {
        let bytes = Array("a.b.c".utf8)
        let index = bytes.span.bytes.firstIndex(of: UInt8(ascii: "."), from: start)
        #expect(index == found)
    }

    @Test func `a word has its first byte at the bottom`() {
        let bytes: [UInt8] = [0, 1, 2, 3, 4, 5, 6, 7, 8]
        let word = bytes.span.bytes[word: 1]
        #expect(word == 0x0807_0605_0403_0201)
    }

    @Test func `a copy has the bytes of its source`() {
        let bytes = Array("abcdef".utf8)
        let middle = [UInt8](copying: bytes.span.bytes.extracting(2..<4))
        #expect(middle == Array("cd".utf8))
    }

    private func equals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.span.bytes.equals(right.span.bytes)
    }

    private func equals(_ text: String, _ literal: StaticString) -> Bool {
        Array(text.utf8).span.bytes.equals(literal)
    }

    private func equalsIgnoringCase(_ text: String, _ literal: StaticString) -> Bool {
        Array(text.utf8).span.bytes.equalsIgnoringCase(literal)
    }
}
