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

    @Test(
        arguments: [
            ("{}", .object), (" []", .array), (#""a""#, .string), ("-1", .number), ("0", .number), ("9", .number),
            ("true", .boolean), ("false", .boolean), ("null", .null), ("", nil), ("x", nil), ("+1", nil), (" ]", nil),
        ] as [(String, JSONKind?)])
    func `the kind of a value is told before it is read`(text: String, kind: JSONKind?) {
        let bytes = Array(text.utf8)
        let reader = JSONReader(bytes.span.bytes)
        let found = reader.kind
        #expect(found == kind)
    }

    @Test func `between values there is no kind`() throws {
        let bytes = Array(#"[1]"#.utf8)
        var reader = JSONReader(bytes.span.bytes)
        _ = try reader.enterArray()
        let atStart = reader.kind
        _ = try reader.nextElement()
        let before = reader.kind
        _ = try reader.readNumber()
        let after = reader.kind
        #expect(atStart == nil)
        #expect(before == .number)
        #expect(after == nil)
    }

    @Test(arguments: JSONKind.allCases)
    func `a value of another kind than asked for is left where it is`(kind: JSONKind) throws {
        let text: [JSONKind: String] = [
            .object: "{}", .array: "[]", .string: #""s""#, .number: "7", .boolean: "true", .null: "null",
        ]
        let bytes = Array((text[kind] ?? "").utf8)
        var reader = JSONReader(bytes.span.bytes)
        var taken: [JSONKind] = []
        if kind != .object, try reader.enterObject() { taken.append(.object) }
        if kind != .array, try reader.enterArray() { taken.append(.array) }
        if kind != .string, try reader.readString() != nil { taken.append(.string) }
        if kind != .number, try reader.readNumber() != nil { taken.append(.number) }
        if kind != .boolean, try reader.readBoolean() != nil { taken.append(.boolean) }
        #expect(taken.isEmpty)
        let left = reader.kind
        #expect(left == kind)
        try reader.finish()
    }

    @Test func `elements are read one after another`() throws {
        let bytes = Array(#"["a", 1, "b", ["c"], "\u0064"]"#.utf8)
        var reader = JSONReader(bytes.span.bytes)
        var strings: [[UInt8]] = []
        _ = try reader.enterArray()
        while try reader.nextElement() {
            if let string = try reader.readString() { strings.append(string.copy()) }
        }
        try reader.finish()
        #expect(strings == ["a", "b", "d"].map { Array($0.utf8) })
    }

    @Test func `containers are entered one inside another, and left in their order`() throws {
        let bytes = Array(#"{"user":{"id":"e3","roles":["x","y"],"n":0},"keys":["k"]}"#.utf8)
        var reader = JSONReader(bytes.span.bytes, duplicateNames: .refused)
        var seen: [String] = []
        _ = try reader.enterObject()
        while let name = try reader.nextMember() {
            seen.append(String(decoding: name.copy(), as: UTF8.self))
            if try reader.enterObject() {
                while let inner = try reader.nextMember() {
                    seen.append("." + String(decoding: inner.copy(), as: UTF8.self))
                }
            }
        }
        try reader.finish()
        #expect(seen == ["user", ".id", ".roles", ".n", "keys"])
    }

    @Test func `a raw value has the place of its text, without the space around it`() throws {
        let bytes = Array(#"{"a" : { "x" : [1, 2] } , "b":"\u0041", "c" :  -1e5 }"#.utf8)
        var reader = JSONReader(bytes.span.bytes)
        var values: [String] = []
        _ = try reader.enterObject()
        while try reader.nextMember() != nil {
            values.append(String(decoding: bytes[try reader.readRawValue()], as: UTF8.self))
        }
        try reader.finish()
        #expect(values == [#"{ "x" : [1, 2] }"#, #""\u0041""#, "-1e5"])
    }

    @Test func `going on with another container than the innermost is refused, not guessed`() throws {
        #expect(misused { reader throws(JSONError) in _ = try reader.nextElement() } == .outOfPlace)
        #expect(misused { reader throws(JSONError) in try reader.skipValue() } == .outOfPlace)
        #expect(misused { reader throws(JSONError) in _ = try reader.readRawValue() } == .outOfPlace)
        #expect(misused { reader throws(JSONError) in try reader.finish() } == .outOfPlace)
        let bytes = Array("1".utf8)
        var reader = JSONReader(bytes.span.bytes)
        var caught: JSONError?
        do throws(JSONError) { _ = try reader.nextMember() } catch { caught = error }
        #expect(caught == .outOfPlace)
    }

    /// What a deed comes to when the reader has just entered an object.
    private func misused(_ deed: (inout JSONReader) throws(JSONError) -> Void) -> JSONError? {
        let bytes = Array(#"{"a":1}"#.utf8)
        var reader = JSONReader(bytes.span.bytes)
        do throws(JSONError) {
            _ = try reader.enterObject()
            try deed(&reader)
            return nil
        } catch {
            return error
        }
    }
}
