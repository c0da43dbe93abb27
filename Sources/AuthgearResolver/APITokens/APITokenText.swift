import Bytes

/// The text of a list of API tokens.
struct APITokenText {
    /// A part of the bytes that is a list itself.
    struct Block {
        var range: Range<Int>
        /// How many lines stand before it.
        var line: Int
    }

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

    /// A block for each token of a list that is written over lines, with what stands before it at the margin; one for all of a list that
    /// is written in another way.
    static func blocks(of bytes: [UInt8]) -> [Block] {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let start = bytes.starts(with: mark) ? mark.count : 0
        var blocks = [Block(range: start..<bytes.count, line: 0)]
        var (position, line, isFirst) = (start, 0, true)
        while position < bytes.count {
            if beginsToken(bytes, at: position) {
                if !isFirst {
                    let last = blocks.count - 1
                    blocks[last].range = blocks[last].range.lowerBound..<position
                    blocks.append(Block(range: position..<bytes.count, line: line))
                }
                isFirst = false
            }
            guard let end = bytes.span.bytes.firstIndex(of: UInt8(ascii: "\n"), from: position) else { break }
            (position, line) = (end + 1, line + 1)
        }
        return blocks
    }

    private static func beginsToken(_ bytes: [UInt8], at position: Int) -> Bool {
        guard bytes[position] == UInt8(ascii: "-") else { return false }
        return position + 1 == bytes.count || [0x20, 0x0A, 0x0D].contains(bytes[position + 1])
    }
}
