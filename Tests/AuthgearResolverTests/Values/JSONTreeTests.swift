import AuthgearResolver
import Foundation
import Testing

@Suite struct JSONTreeTests {
    private static func text(_ tree: JSONTree) -> String { String(decoding: tree.bytes, as: UTF8.self) }

    @Test func `values are written as RFC 8259 has them, in their order`() {
        let tree = JSONTree.object([
            "b": .list([.null, .flag(true), .flag(false), .integer(-7)]), "a": .text("q\"\\\n\u{1}é"),
            "e": .list([]), "d": .dictionary([(name: "\"", value: .object([:]))]),
        ])
        #expect(Self.text(tree) == #"{"b":[null,true,false,-7],"a":"q\"\\\u000a\u0001é","e":[],"d":{"\"":{}}}"#)
    }

    @Test(
        arguments: [
            (0, "0.0"), (1.5, "1.5"), (0.1234567, "0.123457"), (-2, "-2.0"), (.nan, "null"), (.infinity, "null"),
            (0.00000049, "0.0"),
        ] as [(Double, String)])
    func `numbers go to the millionth, and what is none is null`(number: Double, text: String) {
        #expect(Self.text(.number(number)) == text)
    }

    @Test(arguments: [0.000012, 1e20, 1e300, .greatestFiniteMagnitude, 123_456.789] as [Double])
    func `another reader takes them for the same`(number: Double) throws {
        let read = try JSONSerialization.jsonObject(with: Data(JSONTree.list([.number(number)]).bytes)) as? [Double]
        let value = try #require(read?.first)
        #expect(abs(value - number) <= abs(number) * 1e-12)
    }
}
