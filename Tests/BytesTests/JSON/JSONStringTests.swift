import Bytes
import Testing

@Suite struct JSONStringTests {
    @Test(arguments: [
        ("a", false), ("", false), (#"\u0061"#, true), ("é", false), (#"\n"#, true),
    ])
    func `a string knows whether it has escapes, and where it stands`(text: String, hasEscapes: Bool) throws {
        let bytes = Array(" \"\(text)\"".utf8)
        var reader = JSONReader(bytes.span.bytes)
        guard let string = try reader.readString() else { throw JSONError.unexpectedByte }
        let facts = (string.hasEscapes, string.isEmpty, string.range, [UInt8](copying: string.text))
        #expect(facts.0 == hasEscapes)
        #expect(facts.1 == text.isEmpty)
        #expect(facts.2 == 2..<bytes.count - 1)
        #expect(facts.3 == Array(text.utf8))
    }

    @Test(arguments: [
        #"iss"#, #"\u0069ss"#, #"i\u0073s"#, #"is\u0073"#, #"\u0069\u0073\u0073"#,
    ])
    func `a string equals what it stands for, and nothing else`(text: String) throws {
        #expect(try equals(text, "iss"))
        #expect(try equals(text, Array("iss".utf8)))
        #expect(try !equals(text, "is"))
        #expect(try !equals(text, "isss"))
        #expect(try !equals(text, "Iss"))
        #expect(try !equals(text, ""))
        #expect(try !equals(text, Array(text.utf8) + [0]))
        #expect(try copy(text) == Array("iss".utf8))
    }

    @Test(arguments: [
        (#"\"\\\/"#, "\"\\/"), (#"\b\f\n\r\t"#, "\u{08}\u{0C}\n\r\t"), (#"\u0000"#, "\0"),
        (#"\u007f\u0080"#, "\u{7F}\u{80}"),
        (#"\u07ff\u0800"#, "\u{7FF}\u{800}"), (#"\uffff"#, "\u{FFFF}"), (#"\ud800\udc00"#, "\u{10000}"),
        (#"\udbff\udfff"#, "\u{10FFFF}"), (#"\uD83D\uDE00!"#, "😀!"), (#"a\u00e9z"#, "aéz"),
        (#"\u0041\u0000\u0042"#, "A\0B"),
        (#"\\u0041"#, "\\u0041"), (#"é\u20AC😀"#, "é€😀"),
    ])
    func `escapes are resolved`(text: String, string: String) throws {
        #expect(try copy(text) == Array(string.utf8))
        #expect(try equals(text, Array(string.utf8)))
    }

    @Test func `every scalar comes back from its escape`() throws {
        for value in UInt32(0)...0x10FFFF where value < 0x3000 || value % 251 == 0 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let escaped = String(scalar).utf16.map { #"\u"# + hex($0) }.joined()
            guard try copy(escaped) == Array(String(scalar).utf8) else {
                Issue.record("U+\(String(value, radix: 16))")
                return
            }
        }
    }

    private func hex(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }

    private func copy(_ text: String) throws -> [UInt8]? {
        let bytes = Array("\"\(text)\"".utf8)
        var reader = JSONReader(bytes.span.bytes)
        return try reader.readString()?.copy()
    }

    private func equals(_ text: String, _ literal: StaticString) throws -> Bool {
        let bytes = Array("\"\(text)\"".utf8)
        var reader = JSONReader(bytes.span.bytes)
        return try reader.readString()?.equals(literal) == true
    }

    private func equals(_ text: String, _ other: [UInt8]) throws -> Bool {
        let bytes = Array("\"\(text)\"".utf8)
        var reader = JSONReader(bytes.span.bytes)
        return try reader.readString()?.equals(other.span.bytes) == true
    }
}
