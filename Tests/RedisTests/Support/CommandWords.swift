import Bytes

/// What a conversation has to send, as words.
enum CommandWords {
    /// The commands in these bytes as words, in one text; nothing when there is none.
    static func words(in bytes: [UInt8]) -> [String] {
        let words = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").filter { word in
            !(word.first == "*" || word.first == "$") || word.dropFirst().contains { !$0.isNumber }
        }
        return words.isEmpty ? [] : [words.joined(separator: " ")]
    }
}
