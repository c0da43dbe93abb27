/// Apache's directives: a line each, `<Section …>` with a block.
enum ApacheParser {
    private static let blockLimit = 64

    static func directives(in text: String, of file: String) throws(SyntaxError) -> [Directive] {
        var open: [(words: [String], line: Int, before: [Directive])] = []
        var done: [Directive] = []
        for (line, text) in lines(of: text) {
            let words = words(of: text)
            guard let first = words.first else { continue }
            if first.hasPrefix("</") {
                guard let block = open.popLast() else {
                    throw SyntaxError(line: line, message: "\(first) closes nothing")
                }
                done = block.before + [Directive(block.words, block: done, at: Spot(file: file, line: block.line))]
            } else if first.hasPrefix("<") {
                guard open.count < blockLimit else { throw SyntaxError(line: line, message: "sections are too deep") }
                var words = words
                words[0].removeFirst()
                if words.last?.hasSuffix(">") == true { words[words.count - 1].removeLast() }
                open.append((words.filter { !$0.isEmpty }, line, done))
                done = []
            } else {
                done.append(Directive(words, at: Spot(file: file, line: line)))
            }
        }
        if let block = open.last { throw SyntaxError(line: block.line, message: "a section does not end") }
        return done
    }

    /// A backslash at the end of a line goes on with the next.
    private static func lines(of text: String) -> [(line: Int, text: String)] {
        var (lines, rest, start) = ([(line: Int, text: String)](), "", 1)
        for (offset, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            if rest.isEmpty { start = offset + 1 }
            if line.hasSuffix("\\") {
                rest += line.dropLast() + " "
            } else {
                lines.append((start, rest + line))
                rest = ""
            }
        }
        return rest.isEmpty ? lines : lines + [(start, rest)]
    }

    private static func words(of line: String) -> [String] {
        guard line[...].trimmed.first != "#" else { return [] }
        var (words, word, isWord) = ([String](), "", false)
        var quote: Character?
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
            } else if character == "\"" || character == "'" {
                (quote, isWord) = (character, true)
            } else if character.isWhitespace {
                if isWord { words.append(word) }
                (word, isWord) = ("", false)
            } else {
                word.append(character)
                isWord = true
            }
        }
        return isWord ? words + [word] : words
    }
}
