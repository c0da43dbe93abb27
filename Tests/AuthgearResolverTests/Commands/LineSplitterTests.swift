import AuthgearResolver
import Testing

@Suite struct LineSplitterTests {
    /// The lines of a stream that comes in pieces of a length.
    private func lines(_ text: String, pieces length: Int = .max, limit: Int = 5) -> [String] {
        var splitter = LineSplitter(maximumBytes: limit)
        var lines: [String] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            splitter.append(rest.prefix(length)) { lines.append(String(decoding: $0, as: UTF8.self)) }
            rest = rest.dropFirst(length)
        }
        splitter.finish { lines.append(String(decoding: $0, as: UTF8.self)) }
        return lines
    }

    @Test(
        arguments: [
            ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("a\r\nb\r\n", ["a", "b"]),
            ("\n\na\n\n\nb\n\n", ["a", "b"]),
            ("\r\n\r\n", []), ("a\rb", ["a\rb"]), ("a\r\r\n", ["a\r"]), ("12345\n", ["12345"]),
            ("12345\r\nx", ["12345", "x"]),
            ("123456\nx", ["123456", "x"]), ("1234567890\nx", ["1234567", "x"]), ("123456\r7890", ["123456\r"]),
        ] as [(String, [String])])
    func `a stream is cut into lines, whatever the pieces that it comes in`(text: String, expected: [String]) {
        for length in 1...max(text.utf8.count, 1) {
            #expect(lines(text, pieces: length) == expected, "in pieces of \(length)")
        }
    }

    @Test func `a line without end is kept to its limit`() {
        let text = String(repeating: "x", count: 1_000_000)
        #expect(lines(text, pieces: 4_096, limit: 100).map(\.utf8.count) == [102])
    }
}
