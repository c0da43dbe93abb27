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

    @Test(arguments: [1, 7, 8, 9, 63, 64, 65, 128, 200])
    func `a byte that is far away is found where the first one is`(count: Int) {
        for place in 0..<count {
            var bytes = [UInt8](repeating: 0x2F, count: count)
            // What differs in the lowest bit, or in the highest, is another byte.
            (bytes[0], bytes[count - 1]) = (0x2D, 0xAE)
            bytes[place] = 0x2E
            for start in [0, place, place + 1, count, count + 1] {
                let expected = bytes.indices.first { $0 >= start && bytes[$0] == 0x2E }
                let span = bytes.span.bytes
                let (distant, first) = (
                    span.distantIndex(of: 0x2E, from: start), span.firstIndex(of: 0x2E, from: start)
                )
                #expect(distant == expected && first == expected)
            }
        }
    }

    @Test func `a span is printable when each of its bytes is`() {
        let empty: [UInt8] = []
        let isEmptyPrintable = empty.span.bytes.isPrintable
        #expect(isEmptyPrintable)
        for count in 1...17 {
            for place in 0..<count {
                for byte in UInt8.min...UInt8.max {
                    var bytes = [UInt8](repeating: byte.isPrintable ? 0x7E : 0x20, count: count)
                    bytes[place] = byte
                    let isPrintable = bytes.span.bytes.isPrintable
                    #expect(isPrintable == byte.isPrintable)
                }
            }
        }
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
