import Bytes
import Testing

@Suite struct JSONReaderStringsTests {
    @Test(arguments: JSONCorpus.wrongUTF8)
    func `what is no UTF-8 is refused, wherever in the string it stands`(wrong: [UInt8]) {
        for before in 0..<17 {
            for after in [0, 1, 8] {
                let bytes = quoted(Array(repeating: 0x61, count: before) + wrong + Array(repeating: 0x62, count: after))
                #expect(throws: JSONError.badUTF8) { try JSONValue(bytes) }
            }
        }
    }

    @Test func `UTF-8 that ends with the text is refused`() {
        for cut: [UInt8] in [[0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98]] {
            #expect(throws: JSONError.badUTF8) { try JSONValue([0x22] + cut) }
        }
    }

    @Test func `two bytes are UTF-8 when the standard library says so`() {
        for first in UInt8(0x80) ... .max {
            for second in UInt8(0x80) ... .max {
                let bytes = [first, second]
                #expect(isAccepted(bytes) == (String(validating: bytes, as: UTF8.self) != nil))
            }
        }
    }

    @Test func `three and four bytes are UTF-8 when the standard library says so`() {
        let edges: [UInt8] = [0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
        for first in UInt8(0xE0) ... .max {
            for second in edges {
                for third in edges {
                    let three = [first, second, third]
                    #expect(isAccepted(three) == (String(validating: three, as: UTF8.self) != nil))
                    for fourth in edges {
                        let four = three + [fourth]
                        #expect(isAccepted(four) == (String(validating: four, as: UTF8.self) != nil))
                    }
                }
            }
        }
    }

    @Test(arguments: 0..<24)
    func `a special byte is seen at each place of a word`(place: Int) {
        let plain = [UInt8](repeating: 0x7E, count: 24)
        for (special, error) in [
            (0x00, .controlCharacter), (0x1F, .controlCharacter), (0x80, .badUTF8), (0xFF, .badUTF8),
        ]
            as [(UInt8, JSONError)]
        {
            var bytes = plain
            bytes[place] = special
            #expect(throws: error) { try JSONValue(quoted(bytes)) }
        }
        for harmless: UInt8 in [0x20, 0x21, 0x23, 0x5B, 0x5D, 0x7F] {
            var bytes = plain
            bytes[place] = harmless
            #expect((try? JSONValue(quoted(bytes))) == .string(String(decoding: bytes, as: UTF8.self)))
        }
        var ended = plain
        ended[place] = UInt8(ascii: "\"")
        #expect(throws: JSONError.trailingBytes) { try JSONValue(quoted(ended)) }
    }

    private func isAccepted(_ bytes: [UInt8]) -> Bool {
        (try? JSONValue(quoted(bytes))) != nil
    }

    private func quoted(_ bytes: [UInt8]) -> [UInt8] { [0x22] + bytes + [0x22] }
}
