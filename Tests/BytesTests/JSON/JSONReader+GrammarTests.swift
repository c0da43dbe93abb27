import Bytes
import Fixtures
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

    @Test(arguments: JSONCorpus.right + JSONCorpus.wrong.map(\.0))
    func `what is passed over at any depth is checked as if it were read`(text: String) {
        for whole in [text, "[\(text)]", #"{"a":\#(text),"b":[]}"#] {
            let bytes = Array(whole.utf8)
            let read = skip(bytes, .allowed, .refused)
            #expect(skip(bytes, .allowed, .passedOver) == (read == .tooDeep ? nil : read), "\(whole)")
        }
    }

    @Test(arguments: ["[", #"{"a":"#])
    func `nesting beyond the bound is passed over where it may be, and checked to its end`(opening: String) {
        let closing = opening == "[" ? "]" : "}"
        for depth in [31, 32, 33, 63, 64, 65, 129, 1_000_000] {
            let (open, close) = (String(repeating: opening, count: depth), String(repeating: closing, count: depth))
            #expect(skip(Array((open + "1" + close).utf8), .allowed, .passedOver) == nil)
            #expect(skip(Array((open + "1" + close.dropLast()).utf8), .allowed, .passedOver) == .unexpectedEnd)
            #expect(skip(Array((open + "1" + close + closing).utf8), .allowed, .passedOver) == .trailingBytes)
            let other = close.dropLast() + (opening == "[" ? "}" : "]")
            #expect(skip(Array((open + "1" + other).utf8), .allowed, .passedOver) == .unexpectedByte)
        }
    }

    @Test(arguments: [63, 64, 65, 66, 127, 128, 129, 130], [1, 2, 3] as [UInt64])
    func `what closes at each level is of the kind that was opened there`(depth: Int, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let areObjects = (0..<depth).map { _ in Bool.random(using: &random) }
        let open = areObjects.map { $0 ? #"{"a":"# : "[" }.joined()
        func text(wrongAt level: Int?) -> [UInt8] {
            let close = areObjects.indices.reversed().map { areObjects[$0] != ($0 == level) ? "}" : "]" }.joined()
            // Below, others open in places that were used before.
            return Array("[\(open)1\(close),\(open)1\(close)]".utf8)
        }
        #expect(skip(text(wrongAt: nil), .allowed, .passedOver) == nil)
        for level in 0..<depth {
            #expect(skip(text(wrongAt: level), .allowed, .passedOver) == .unexpectedByte, "\(level)")
        }
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

    private func skip(
        _ bytes: [UInt8], _ duplicateNames: JSONReader.DuplicateNames = .refused,
        _ deepValues: JSONReader.DeepValues = .refused
    ) -> JSONError? {
        var reader = JSONReader(bytes.span.bytes, duplicateNames: duplicateNames, deepValues: deepValues)
        do throws(JSONError) {
            try reader.finish()
            return nil
        } catch {
            return error
        }
    }
}
