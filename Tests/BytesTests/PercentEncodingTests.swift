import Bytes
import Testing

struct PercentEncodingTests {
    @Test(
        arguments: [
            ("", ""), ("a b", "a b"), ("%41%7a", "Az"), ("%2F%2f", "//"), ("a+b", "a+b"), ("%25%34%31", "%41"),
            ("ä", "ä"), ("%C3%A4", "ä"),
        ] as [(String, String)])
    func `two digits after a percent sign are one byte`(text: String, decoded: String) {
        #expect([UInt8](percentEncoded: text[...]) == Array(decoded.utf8))
    }

    @Test func `bytes that are no text are kept`() {
        #expect([UInt8](percentEncoded: "%00%FF") == [0, 0xFF])
    }

    @Test(arguments: ["%", "%4", "a%", "%4g", "%g4", "%%41", "% 4"])
    func `anything else after a percent sign is refused`(text: String) {
        #expect([UInt8](percentEncoded: text[...]) == nil)
    }

    @Test func `all but the unreserved characters are encoded, and decoding gives the bytes back`() {
        let bytes = (0...255).map { UInt8($0) }
        let encoded = String(decoding: bytes.percentEncoded, as: UTF8.self)
        let unreserved = "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"
        #expect(encoded.replacing(/%[0-9A-F]{2}/, with: "") == unreserved)
        #expect([UInt8](percentEncoded: encoded[...]) == bytes)
    }
}
