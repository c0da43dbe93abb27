/// A Caddyfile's words, with whether each is the first of its line.
struct CaddyTokenizer {
    struct Token {
        var text: String
        var line: Int
        var isFirst: Bool
        /// Quoted, or a text of several lines: a brace in it is none.
        var isQuoted: Bool
    }

    private let characters: [Character]
    private var position = 0
    private var line = 1
    private var isFirst = true

    private init(_ text: String) { characters = Array(text) }

    static func tokens(of text: String) throws(SyntaxError) -> [Token] {
        var tokenizer = CaddyTokenizer(text)
        var tokens: [Token] = []
        while let token = try tokenizer.next() { tokens.append(token) }
        return tokens
    }

    private var current: Character? { position < characters.count ? characters[position] : nil }

    private mutating func advance() {
        if current?.isNewline == true { line += 1 }
        position += 1
    }

    private mutating func next() throws(SyntaxError) -> Token? {
        while let character = current {
            if character.isNewline {
                isFirst = true
            } else if character == "\\", position + 1 < characters.count, characters[position + 1].isNewline {
                // The next line goes on with this one.
                advance()
            } else if character == "#" {
                while let character = current, !character.isNewline { advance() }
                continue
            } else if !character.isWhitespace {
                return try token(beginningWith: character)
            }
            advance()
        }
        return nil
    }

    private mutating func token(beginningWith character: Character) throws(SyntaxError) -> Token {
        defer { isFirst = false }
        let (start, first) = (line, isFirst)
        switch character {
        case "\"", "`":
            return Token(text: try quoted(by: character), line: start, isFirst: first, isQuoted: true)
        default:
            var text = ""
            while let character = current, !character.isWhitespace {
                text.append(character)
                advance()
            }
            guard text.hasPrefix("<<"), text.count > 2, current?.isNewline == true else {
                return Token(text: text, line: start, isFirst: first, isQuoted: false)
            }
            return Token(text: try lines(upTo: text.dropFirst(2)), line: start, isFirst: first, isQuoted: true)
        }
    }

    private mutating func quoted(by quote: Character) throws(SyntaxError) -> String {
        let start = line
        advance()
        var text = ""
        while let character = current {
            advance()
            if character == quote { return text }
            if character == "\\", quote == "\"", current == "\"" {
                text.append("\"")
                advance()
            } else {
                text.append(character)
            }
        }
        throw SyntaxError(line: start, message: "a quoted text does not end")
    }

    /// A text of several lines (heredoc).
    private mutating func lines(upTo marker: Substring) throws(SyntaxError) -> String {
        let start = line
        advance()
        var text = ""
        while current != nil {
            let row = characters[position...].prefix { !$0.isNewline }
            let words = row.drop(while: \.isWhitespace)
            if words.starts(with: marker) {
                // What stands behind the marker belongs to the directive.
                position = words.startIndex + marker.count
                return text
            }
            text += row + "\n"
            position = row.endIndex
            if current != nil { advance() }
        }
        throw SyntaxError(line: start, message: "a text <<\(marker) does not end")
    }
}
