/// HAProxy's configuration: sections, and what stands in each, a line each.
enum HAProxyParser {
    private static let sections: Set = [
        "global", "defaults", "frontend", "backend", "listen", "userlist", "peers", "resolvers", "mailers",
        "http-errors",
        "cache", "program", "ring", "fcgi-app", "log-forward", "crt-store", "traces", "acme",
    ]

    static func sections(in text: String, of file: String) -> [Directive] {
        var done: [Directive] = []
        var parts = HAProxyParts()
        for (offset, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = words(of: line)
            guard let first = words.first else { continue }
            let directive = Directive(words, at: Spot(file: file, line: offset + 1))
            if first.hasPrefix(".") {
                parts.take(directive)
                guard [".if", ".elif"].contains(first), !parts.isKnown else { continue }
            }
            guard parts.hold else { continue }
            if sections.contains(first) {
                done.append(Directive(words, block: [], at: directive.spot))
            } else if !done.isEmpty {
                done[done.count - 1].block?.append(directive)
            }
        }
        return done
    }

    /// The words of a line; what is quoted or escaped does not part them.
    static func words(of line: Substring) -> [String] {
        var (words, word, isWord) = ([String](), "", false)
        var quote: Character?
        var characters = line.makeIterator()
        while let character = characters.next() {
            if character == "\\", quote != "'" {
                if let next = characters.next() {
                    // Before anything else it stays, as in expressions.
                    if !" #\"'\\".contains(next) { word.append(character) }
                    word.append(next)
                }
                isWord = true
            } else if quote == character {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                (quote, isWord) = (character, true)
            } else if quote == nil, character == "#" {
                break
            } else if quote == nil, character.isWhitespace {
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
