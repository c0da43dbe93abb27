import Bytes
import Testing

@Suite struct JSONNamesTests {
    @Test(arguments: [2, 23, 24, 25, 26, 40, 56, 57, 100, 1000])
    func `a name that comes again is refused however many stand between`(count: Int) {
        let names = (0..<count).map { "n\($0)" }
        #expect(verdict(names) == nil)
        for repeated in Set([0, 1, count / 2, count - 1]) {
            #expect(verdict(names + [names[repeated]]) == .duplicateName)
            #expect(verdict(names + [escaped(names[repeated])]) == .duplicateName)
            #expect(verdict([escaped(names[repeated])] + names) == .duplicateName)
        }
    }

    @Test(arguments: 0..<30)
    func `an escape anywhere among the names changes nothing`(place: Int) {
        let names = (0..<30).map { index in index == place ? escaped("n\(index)") : "n\(index)" }
        #expect(verdict(names) == nil)
        for index in names.indices {
            #expect(verdict(names + ["n\(index)"]) == .duplicateName)
            #expect(verdict(Array(names[...index]) + [escaped("n\(index)")]) == .duplicateName)
        }
    }

    @Test(arguments: [["a", "b"], ["ab", "bb", "aa"], ["", "a"], (10..<34).map { "a\($0)z" }])
    func `names of one length and with the same ends are told apart`(names: [String]) {
        #expect(verdict(names) == nil)
        for name in names { #expect(verdict(names + [name]) == .duplicateName) }
    }

    @Test func `one name in many objects is no duplicate`() {
        let objects = Array(repeating: #"{"kty":"RSA","kid":"a","n":{"kty":1}}"#, count: 200).joined(separator: ",")
        #expect(verdict(text: "[\(objects)]") == nil)
        #expect(verdict(text: #"[\#(objects),{"kty":1,"kty":2}]"#) == .duplicateName)
    }

    @Test func `an object remembers its names while others inside it come and go`() {
        let inner = "{" + (0..<60).map { #""x\#($0)":0"# }.joined(separator: ",") + "}"
        #expect(verdict(text: #"{"a":\#(inner),"b":\#(inner)}"#) == nil)
        #expect(verdict(text: #"{"a":\#(inner),"b":\#(inner),"a":0}"#) == .duplicateName)
    }

    /// 16 KiB of names that all have one length and one beginning, and twice as many as fit a table of one size.
    @Test func `thousands of names cost no more than their number`() {
        let names = (0..<4096).map { String($0 + 100_000, radix: 36) }
        #expect(verdict(names) == nil)
        #expect(verdict(names + [names[4095]]) == .duplicateName)
    }

    private func escaped(_ name: String) -> String { #"\u006e"# + name.dropFirst() }

    private func verdict(_ names: [String]) -> JSONError? {
        verdict(text: "{" + names.map { "\"\($0)\":0" }.joined(separator: ",") + "}")
    }

    private func verdict(text: String) -> JSONError? {
        let bytes = Array(text.utf8)
        var reader = JSONReader(bytes.span.bytes, duplicateNames: .refused)
        do throws(JSONError) {
            try reader.finish()
            return nil
        } catch {
            return error
        }
    }
}
