import Bytes
import Redis

extension RedisConversation where Self: ~Copyable {
    /// Takes what there is to send: the commands as words, in one text; nothing when there is none.
    mutating func writtenWords() -> [String] {
        var bytes: [UInt8] = []
        send { written in
            bytes.append(copying: written)
            return written.byteCount
        }
        let words = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").filter { word in
            !(word.first == "*" || word.first == "$") || word.dropFirst().contains { !$0.isNumber }
        }
        return words.isEmpty ? [] : [words.joined(separator: " ")]
    }
}
