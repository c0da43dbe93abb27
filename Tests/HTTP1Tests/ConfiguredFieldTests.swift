import Bytes
import HTTP1
import Testing

/// The field that the configuration has looked at.
struct ConfiguredFieldTests {
    private static func parse(_ fields: String, for name: String) throws(HeadError) -> String? {
        let head = Array("GET /resolve HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n".utf8)
        var parser = HeadParser()
        // Byte by byte, as it may come.
        for count in 1...head.count {
            let bytes = head.span.bytes.extracting(first: count)
            guard try parser.advance(over: bytes, limit: 4096, lookingFor: ConfiguredField(name)) else { continue }
            return parser.head.fields.apiToken.map { String(decoding: head[$0.range], as: UTF8.self) }
        }
        return "incomplete"
    }

    @Test func `it is found by its name in any case, among others of its length`() throws {
        let fields = "X-Real-IP: 1\r\nX-API-KEY: \t abc d \r\nX-Api-Kez: 2\r\nCookie: a=b"
        #expect(try Self.parse(fields, for: "x-api-key") == "abc d")
        #expect(try Self.parse(fields, for: "x-real-ip") == "1")
        #expect(try Self.parse(fields, for: "x-api-ke") == nil)
        #expect(try Self.parse("X-Api-Key:", for: "x-api-key") == "")
    }

    @Test func `without one nothing is found`() throws {
        #expect(try Self.parse("X-Api-Key: a", for: "") == nil)
        #expect(try Self.parse("X-Api-Key: a\r\nx-api-key: b", for: "") == nil)
    }

    @Test func `twice it is refused, also when both are the same`() {
        #expect(throws: HeadError.apiTokenRepeated) { () throws in
            _ = try Self.parse("X-Api-Key: a\r\nA: b\r\nx-api-key: a", for: "x-api-key")
        }
        #expect(HeadError.apiTokenRepeated.status == .badRequest)
    }

    @Test func `a name may have 64 bytes`() throws {
        let name = String(repeating: "x-", count: 31) + "ab"
        #expect(try Self.parse("\(name): v", for: name) == "v")
        #expect(try Self.parse("\(name)c: v", for: name) == nil)
    }
}
