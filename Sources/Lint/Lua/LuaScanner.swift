/// Lua's texts and comments, as far as it takes to leave the latter out and to find the end of a block.
struct LuaScanner {
    private let bytes: ArraySlice<UInt8>
    private(set) var position: Int
    private var code: [UInt8] = []
    /// Whether what stands in texts is code, too.
    private var keepsTexts = true

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// A whole file without its comments; line breaks stay.
    static func code(of text: String, keepingTexts: Bool = true) -> String {
        var scanner = LuaScanner(Array(text.utf8)[...])
        scanner.keepsTexts = keepingTexts
        while scanner.position < scanner.bytes.endIndex { scanner.step() }
        return String(decoding: scanner.code, as: UTF8.self)
    }

    /// The code up to the brace that closes what was opened before, and past that brace; nil when there is none.
    mutating func block() -> String? {
        var depth = 1
        while position < bytes.endIndex {
            switch bytes[position] {
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                guard depth > 0 else {
                    position += 1
                    return String(decoding: code, as: UTF8.self)
                }
            default: break
            }
            step()
        }
        return nil
    }

    /// Goes past one byte of code, a text or a comment.
    private mutating func step() {
        let byte = bytes[position]
        if byte == UInt8(ascii: "-"), isAt("--") {
            position += 2
            if let level = longBracket() {
                skip(to: level, keeping: false)
            } else {
                while position < bytes.endIndex, bytes[position] != UInt8(ascii: "\n") { position += 1 }
            }
        } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
            text(quotedBy: byte)
        } else if byte == UInt8(ascii: "["), let level = longBracket() {
            // With its brackets, as what is scanned again has to see where it ends.
            code += [UInt8(ascii: "[")] + level.dropFirst().dropLast() + [UInt8(ascii: "[")]
            skip(to: level, keeping: keepsTexts)
            code += level
        } else {
            code.append(byte)
            position += 1
        }
    }

    private func isAt(_ text: StaticString) -> Bool {
        bytes[position...].starts(with: Array("\(text)".utf8))
    }

    /// Past `[[` or `[==[`; gives what closes it.
    private mutating func longBracket() -> [UInt8]? {
        guard position < bytes.endIndex, bytes[position] == UInt8(ascii: "[") else { return nil }
        let equals = bytes[(position + 1)...].prefix { $0 == UInt8(ascii: "=") }
        guard equals.endIndex < bytes.endIndex, bytes[equals.endIndex] == UInt8(ascii: "[") else { return nil }
        position = equals.endIndex + 1
        return [UInt8(ascii: "]")] + equals + [UInt8(ascii: "]")]
    }

    private mutating func skip(to end: [UInt8], keeping isKept: Bool) {
        while position < bytes.endIndex, !bytes[position...].starts(with: end) {
            if isKept || bytes[position] == UInt8(ascii: "\n") { code.append(bytes[position]) }
            position += 1
        }
        position = min(position + end.count, bytes.endIndex)
    }

    private mutating func text(quotedBy quote: UInt8) {
        code.append(quote)
        position += 1
        while position < bytes.endIndex, bytes[position] != quote, bytes[position] != UInt8(ascii: "\n") {
            let length = bytes[position] == UInt8(ascii: "\\") ? 2 : 1
            if keepsTexts { code += bytes[position..<min(position + length, bytes.endIndex)] }
            position = min(position + length, bytes.endIndex)
        }
        if position < bytes.endIndex, bytes[position] == quote {
            code.append(quote)
            position += 1
        }
    }
}
