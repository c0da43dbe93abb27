import Bytes
import JOSE
import Testing

/// What stands at a claim's place, in every form that a place has.
@Suite struct ClaimPlaceTests {
    private static let claims = #"""
        {"plain":"a","with.dot":"b","https://x.example/y:z":"c","":"nameless","n\u0061me":"escaped",
        "realm":{"roles":["x","y"],"a":{"b":{"c":"deep","d":{"e":"deeper"}}},"with.dot":"inner","":"empty"},
        "scope":"read write  admin ","csv":"a, b,c ,,","one":"single","none":null,"number":5,"fraction":5.5,"yes":true,
        "mixed":["a",1],"empty":[],"projects":{"p1":{"x":1},"p\u00e9":{}},
        "methods":[{"method":"pwd","t":1},{"method":"otp"}],"halves":[{"method":"pwd"},{}],"odd":[{"method":1}],
        "twice":[{"method":"a"},"b"],"provider":"anonymous","dup":{"a":1,"b":[{"a":2}]}}
        """#

    private static func set(_ text: String = claims, nullIsAbsent: Bool = false) throws -> ClaimsSet {
        try ClaimsSet(reading: Array(text.utf8), nullIsAbsent: nullIsAbsent)
    }

    private static func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    @Test(
        arguments: [
            (["plain"], "a"), (["with.dot"], "b"), (["https://x.example/y:z"], "c"), ([""], "nameless"),
            (["name"], "escaped"), (["realm", "with.dot"], "inner"), (["realm", ""], "empty"),
            (["realm", "a", "b", "c"], "deep"), (["realm", "a", "b", "d"], nil), (["realm"], nil),
            (["with", "dot"], nil),
            (["plain", "x"], nil), (["realm", "roles", "0"], nil), (["number"], nil), (["none"], nil),
            (["absent"], nil),
            (["Plain"], nil), (["yes"], nil),
        ] as [([String], String?)])
    func `a text is the string at a path of whole names`(path: [String], text: String?) throws {
        let place = ClaimPlace(path.map { Array($0.utf8) })
        #expect(Self.text(try Self.set().text(at: place)) == text)
    }

    @Test(
        arguments: [
            (ClaimPlace("realm", "roles"), ["x", "y"]), (ClaimPlace("one"), ["single"]), (ClaimPlace("empty"), []),
            (ClaimPlace("one", takesSingle: false), nil), (ClaimPlace("mixed"), nil), (ClaimPlace("number"), nil),
            (ClaimPlace("projects"), nil), (ClaimPlace("none"), nil),
            (ClaimPlace("scope", reading: .split(0x20)), ["read", "write", "admin"]),
            (ClaimPlace("csv", reading: .split(0x2C)), ["a", "b", "c"]),
            (ClaimPlace("mixed", reading: .split(0x20)), nil), (ClaimPlace("number", reading: .split(0x20)), nil),
            (ClaimPlace("projects", reading: .names), ["p1", "pé"]), (ClaimPlace("empty", reading: .names), nil),
            (ClaimPlace("methods", reading: .each(Array("method".utf8))), ["pwd", "otp"]),
            (ClaimPlace("halves", reading: .each(Array("method".utf8))), nil),
            (ClaimPlace("odd", reading: .each(Array("method".utf8))), nil),
            (ClaimPlace("twice", reading: .each(Array("method".utf8))), nil),
            (ClaimPlace("one", reading: .each(Array("method".utf8))), nil),
            (ClaimPlace("absent", or: ClaimPlace("one")), ["single"]),
            (ClaimPlace("mixed", or: ClaimPlace("one")), nil),
            (
                ClaimPlace("absent", or: ClaimPlace("gone", or: ClaimPlace("scope", reading: .split(0x20)))),
                ["read", "write", "admin"]
            ),
        ] as [(ClaimPlace, [String]?)])
    func `a list is what its place makes of a value`(place: ClaimPlace, items: [String]?) throws {
        #expect(try Self.set().list(at: place)?.map { String(decoding: $0, as: UTF8.self) } == items)
    }

    @Test(
        arguments: [
            (ClaimPlace("yes"), true), (ClaimPlace("one"), nil), (ClaimPlace("number"), nil), (ClaimPlace("none"), nil),
            (ClaimPlace("provider", reading: .equals(.text(Array("anonymous".utf8)))), true),
            (ClaimPlace("one", reading: .equals(.text(Array("anonymous".utf8)))), false),
            (ClaimPlace("absent", reading: .equals(.text(Array("anonymous".utf8)))), nil),
            (ClaimPlace("number", reading: .equals(.number(5))), true),
            (ClaimPlace("fraction", reading: .equals(.number(5))), false),
            (ClaimPlace("number", reading: .equals(.text(Array("5".utf8)))), false),
            (ClaimPlace("yes", reading: .equals(.boolean(true))), true),
            (ClaimPlace("yes", reading: .equals(.text(Array("true".utf8)))), false),
        ] as [(ClaimPlace, Bool?)])
    func `a boolean is true or false, or whether a value is the one that it may be`(place: ClaimPlace, value: Bool?)
        throws
    {
        #expect(try Self.set().boolean(at: place) == value)
    }

    @Test func `a time is a number`() throws {
        #expect(try Self.set().time(at: ClaimPlace("number")) == Timestamp(seconds: 5))
        #expect(try Self.set().time(at: ClaimPlace("one")) == nil)
    }

    @Test func `null counts as absent where a server answers, and as another type in a token`() throws {
        let place = ClaimPlace("none", or: ClaimPlace("one"))
        #expect(Self.text(try Self.set(nullIsAbsent: true).text(at: place)) == "single")
        #expect(Self.text(try Self.set().text(at: place)) == nil)
    }

    @Test func `200 groups are read, all of them`() throws {
        let groups = (0..<200).map { "group-\($0)" }
        let text = #"{"groups":["# + groups.map { "\"\($0)\"" }.joined(separator: ",") + "]}"
        #expect(try Self.set(text).list(at: ClaimPlace("groups"))?.count == 200)
    }

    @Test(arguments: [
        "", "[]", "null", "{", #"{"a":1,"a":1}"#, #"{"a":{"b":1,"b":2}}"#, #"{"a":1}x"#,
        #"{"a":"# + String(repeating: "[", count: 40) + String(repeating: "]", count: 40) + "}",
        "{" + (0..<257).map { "\"n\($0)\":0" }.joined(separator: ",") + "}",
    ])
    func `what is no object without duplicate names, or has too many, is refused`(text: String) {
        #expect(throws: JSONError.self) { try Self.set(text) }
    }
}
