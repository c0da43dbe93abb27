import Bytes
import Testing

@Suite struct JSONReaderTests {
    @Test func `members are read, and what nobody reads is skipped`() throws {
        let text = Array(
            #" { "iss" : "https://a.example", "n":[1,{"x":[]},"y"], "exp": 1700000000.25, "ok":true, "no": null,"é\u0061":"\ud83d\ude00"} "#
                .utf8)
        var reader = JSONReader(text.span.bytes, duplicateNames: .refused)
        var issuer: [UInt8]?
        var expiry: Timestamp?
        var isFine: Bool?
        var smile: [UInt8]?
        guard try reader.enterObject() else { throw JSONError.unexpectedByte }
        while let name = try reader.nextMember() {
            if name.equals("iss") { issuer = try reader.readString()?.copy() }
            if name.equals("exp") { expiry = try reader.readNumber()?.timestamp }
            if name.equals("ok") { isFine = try reader.readBoolean() }
            if name.equals("éa") { smile = try reader.readString()?.copy() }
        }
        try reader.finish()
        #expect(issuer == Array("https://a.example".utf8))
        #expect(expiry == Timestamp(microseconds: 1_700_000_000_250_000))
        #expect(isFine == true)
        #expect(smile == Array("😀".utf8))
    }
}
