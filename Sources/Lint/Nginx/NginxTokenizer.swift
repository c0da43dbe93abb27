/// nginx's configuration as words, `;`, `{` and `}` (`ngx_conf_read_token`), and what stands in a block of Lua as one word.
struct NginxTokenizer {
    enum Token: Hashable {
        case word(String)
        case end, open, close
    }

    private let bytes: [UInt8]
    private var position = 0
    private(set) var line = 1

    init(_ text: String) { bytes = Array(text.utf8) }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func advance() {
        if current == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    /// The next token with the line that it begins in; nil at the end.
    mutating func next() throws(SyntaxError) -> (token: Token, line: Int)? {
        skipBlanks()
        guard let byte = current else { return nil }
        let start = line
        switch byte {
        case UInt8(ascii: ";"):
            advance()
            return (.end, start)
        case UInt8(ascii: "{"):
            advance()
            return (.open, start)
        case UInt8(ascii: "}"):
            advance()
            return (.close, start)
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return (.word(try quoted(by: byte)), start)
        default: return (.word(plain()), start)
        }
    }

    private mutating func skipBlanks() {
        while let byte = current {
            if byte == UInt8(ascii: "#") {
                while let byte = current, byte != UInt8(ascii: "\n") { advance() }
            } else if byte == UInt8(ascii: " ") || (9...13).contains(byte) {
                advance()
            } else {
                return
            }
        }
    }

    private mutating func quoted(by quote: UInt8) throws(SyntaxError) -> String {
        let start = line
        advance()
        var word: [UInt8] = []
        while let byte = current {
            advance()
            if byte == quote { return String(decoding: word, as: UTF8.self) }
            append(byte, to: &word)
        }
        throw SyntaxError(line: start, message: "a quoted text does not end")
    }

    /// `{` begins a block unless it stands behind `$`.
    private mutating func plain() -> String {
        var word: [UInt8] = []
        while let byte = current, byte > 0x20, byte != UInt8(ascii: ";") {
            if byte == UInt8(ascii: "{"), word.last != UInt8(ascii: "$") { break }
            advance()
            append(byte, to: &word)
        }
        return String(decoding: word, as: UTF8.self)
    }

    /// A backslash stays, but before quotes and itself.
    private mutating func append(_ byte: UInt8, to word: inout [UInt8]) {
        guard byte == UInt8(ascii: "\\"), let next = current else { return word.append(byte) }
        advance()
        if ![UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\")].contains(next) { word.append(byte) }
        word.append(next)
    }

    /// What stands up to the brace that closes a block of Lua, without comments.
    mutating func lua() throws(SyntaxError) -> String {
        let start = line
        var scanner = LuaScanner(bytes[position...])
        guard let code = scanner.block() else { throw SyntaxError(line: start, message: "a block of Lua does not end") }
        while position < scanner.position { advance() }
        return code
    }
}
