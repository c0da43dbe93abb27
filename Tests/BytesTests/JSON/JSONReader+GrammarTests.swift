import Bytes
import Testing

@Suite struct JSONReaderGrammarTests {
    @Test(arguments: JSONCorpus.right)
    func `JSON is accepted, read or skipped`(text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: Never.self) { try JSONValue(bytes) }
        #expect(skip(bytes) == nil)
    }

    @Test(arguments: JSONCorpus.wrong)
    func `what is not JSON is refused with its reason, read or skipped`(text: String, error: JSONError) {
        let bytes = Array(text.utf8)
        #expect(throws: error) { try JSONValue(bytes) }
        #expect(skip(bytes) == error)
    }

    @Test func `every reason but the caller's own mistake is in the table or has a test of its own`() {
        let covered = Set(JSONCorpus.wrong.map(\.1)).union([.badUTF8, .tooDeep, .outOfPlace])
        #expect(covered == Set(JSONError.allCases))
    }

    @Test(arguments: JSONCorpus.right)
    func `a text cut short is refused, or is JSON by itself`(text: String) {
        let bytes = Array(text.utf8)
        for count in bytes.indices {
            let start = Array(bytes[..<count])
            guard skip(start) == nil else { continue }
            #expect(JSONValue(foundation: start) != nil)
        }
    }

    @Test func `duplicate names are the caller's affair when they are allowed`() throws {
        let bytes = Array(#"{"a":1,"a":2}"#.utf8)
        #expect(try JSONValue(bytes, duplicateNames: .allowed) == .object(["a": .number(2)]))
    }

    @Test(arguments: ["[", #"{"a":"#])
    func `nesting beyond the bound is refused`(opening: String) {
        let closing = opening == "[" ? "]" : "}"
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: opening, count: depth) + "1" + String(repeating: closing, count: depth)).utf8)
        }
        #expect(skip(nested(JSONReader.maximumDepth)) == nil)
        #expect(skip(nested(JSONReader.maximumDepth + 1)) == .tooDeep)
        #expect(skip(nested(100_000)) == .tooDeep)
    }

    @Test func `depth counts what is open, not what was`() {
        let wide = "[" + String(repeating: "[],{},", count: 100) + "[]]"
        #expect(skip(Array(wide.utf8)) == nil)
    }

    @Test func `the reader says where it stopped`() {
        let bytes = Array(#"{"a": 1, "b": x}"#.utf8)
        var reader = JSONReader(bytes.span.bytes)
        var caught: JSONError?
        do throws(JSONError) { try reader.finish() } catch { caught = error }
        let position = reader.position
        #expect(caught == .unexpectedByte)
        #expect(position == 14)
    }

    private func skip(_ bytes: [UInt8]) -> JSONError? {
        var reader = JSONReader(bytes.span.bytes, duplicateNames: .refused)
        do throws(JSONError) {
            try reader.finish()
            return nil
        } catch {
            return error
        }
    }
}
