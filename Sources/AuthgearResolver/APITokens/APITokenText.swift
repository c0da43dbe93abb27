/// The text of a list of API tokens, cut into parts that are lists themselves: a parser that has only one of them in memory at a time
/// needs a few megabytes for a list of any length.
struct APITokenText {
    struct Part {
        let text: String
        /// How many lines stand before it.
        let line: Int
    }

    /// How many tokens a part has at most.
    private static let tokensInPart = 500

    /// Its lines, without their ends.
    let lines: [Substring]

    init(_ text: String) {
        var text = text[...]
        // Some editors begin a text with it.
        if text.unicodeScalars.first == "\u{FEFF}" { text = Substring(text.unicodeScalars.dropFirst()) }
        lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    }

    /// Whether a token of a list that is written over lines begins on a line: nothing else begins with a dash at the margin.
    static func beginsToken(_ line: Substring) -> Bool { line == "-" || line.hasPrefix("- ") }

    /// One part where the list is written in another way than over lines.
    var parts: [Part] {
        var (parts, start, count): ([Part], Int, Int) = ([], 0, 0)
        for (number, line) in lines.enumerated() where Self.beginsToken(line) {
            if count == Self.tokensInPart {
                parts.append(part(start..<number))
                (start, count) = (number, 0)
            }
            count += 1
        }
        return parts + [part(start..<lines.count)]
    }

    private func part(_ range: Range<Int>) -> Part {
        Part(text: lines[range].joined(separator: "\n"), line: range.lowerBound)
    }
}
