import Authentication
import Bytes
import Fixtures
import Worker

/// A conversation with the store in words: `ask 1 key` goes out, `1 yes` or `1 no` comes in, a line each.
final class ScriptedLine: StoreLine {
    private var output = ""
    private var input = ""
    private var replies: [NumberedReply] = []
    private var outstanding: Set<Int> = []
    /// What it was told, in order.
    private(set) var told: [String] = []
    /// When each question was asked.
    private(set) var asked: [Int64] = []
    /// How many bytes are given to be written at once.
    var portion = Int.max
    var nextPass: Int64?
    private(set) var isOver = false
    /// Called when something was written.
    var whenSent: () -> Void = {}

    func ask(_ query: RecordQuery, number: Int, at now: Int64) {
        outstanding.insert(number)
        asked.append(now)
        output += "ask \(number & 0xFFFF_FFFF) \(String(decoding: query.key, as: UTF8.self))\n"
    }

    func receive(_ bytes: RawSpan, at now: Int64) {
        input += String(decoding: [UInt8](copying: bytes), as: UTF8.self)
        while let end = input.firstIndex(of: "\n") {
            let words = input[..<end].split(separator: " ")
            input.removeSubrange(...end)
            guard let number = outstanding.first(where: { String($0 & 0xFFFF_FFFF) == words[0] }) else { continue }
            outstanding.remove(number)
            let reply = words[1] == "session" ? Stage.session : words[1] == "user" ? Stage.user : .missing
            replies.append(NumberedReply(number: number, reply: reply))
        }
    }

    func breakOff(at now: Int64) {
        told.append("break off")
        isOver = true
        fail(.disconnected)
    }

    func pass(to now: Int64) {
        told.append("pass")
        nextPass = nil
        fail(.timedOut)
    }

    private func fail(_ failure: StoreFailure) {
        for number in outstanding.sorted() {
            replies.append(NumberedReply(number: number, reply: .unavailable(failure)))
        }
        outstanding = []
    }

    func takeReplies(into list: inout [NumberedReply]) { swap(&replies, &list) }

    var hasOutput: Bool { !output.isEmpty }

    func send(_ write: (RawSpan) -> Int) {
        let bytes = Array(output.utf8.prefix(portion))
        output.removeFirst(write(bytes.span.bytes))
        whenSent()
    }
}
