import Bytes
import HTTP1
import Testing

/// A head means the same however its bytes come.
@Suite struct HeadSplitTests {
    @Test(arguments: Heads.right)
    func `a head split at any byte means the same as a whole one`(text: String) {
        let bytes = Array(text.utf8)
        let whole = parse(bytes)
        #expect(whole.meaning != nil)
        for split in 0...bytes.count { #expect(parse(bytes, split: split) == whole) }
    }

    @Test(arguments: Heads.right)
    func `a head that comes byte by byte means the same as a whole one`(text: String) throws {
        let bytes = Array(text.utf8)
        var parser = HeadParser()
        for count in 0..<bytes.count {
            let isComplete = try parser.advance(over: bytes.span.bytes.extracting(0..<count), limit: 65_536)
            #expect(!isComplete)
        }
        let isComplete = try parser.advance(over: bytes.span.bytes, limit: 65_536)
        #expect(isComplete)
        #expect(.complete(HeadMeaning(parser.head, in: bytes)) == parse(bytes))
    }

    @Test(arguments: [
        "\u{16}", "\r\r", "\n", "\r\n\r\n", "GET /resolve HTTP/1.1\r\nX\r",
        "GET /resolve HTTP/1.1\r\nX: \u{0}",
        "GET /resolve HTTP/1.1\r\n ", "PRI * HTTP/2.0\r\n", "GET /resolve HTTP/1.1\r\nHost: a b\r\n",
        "GET /resolve HTTP/1.1\r\nContent-Length: x\r\n", "GARBAGE\r\n",
    ])
    func `a wrong byte is refused when it comes, not at the end of the head`(text: String) {
        #expect(parse(text).error != nil)
        #expect(parse(String(decoding: text.utf8.dropLast(), as: UTF8.self)) == .incomplete)
    }

    @Test(arguments: [UInt8(0), 0x09, 0x0A, 0x0B, 0x0D, 0x1F, 0x20, 0x22, 0x2C, 0x3A, 0x7F, 0x80, 0xFF])
    func `a head with one hostile byte is refused or still a whole head`(hostile: UInt8) {
        for text in Heads.right {
            let right = Array(text.utf8)
            for index in right.indices where right[index] != hostile {
                var bytes = right
                bytes[index] = hostile
                let verdict = parse(bytes)
                // Nothing that was read may lie outside of the bytes, and a split changes nothing.
                if let length = verdict.meaning?.length { #expect(length <= bytes.count) }
                #expect(parse(bytes, split: index) == verdict)
                let isControl = (hostile < 0x20 && hostile != 0x09) || hostile == 0x7F
                if isControl { #expect(verdict.meaning == nil || verdict.meaning?.length ?? 0 <= index) }
            }
        }
    }
}
