import Bytes
import Redis

extension FuzzTarget {
    /// Replies that come byte by byte are those that come at once; a command is an array of its arguments.
    static let redisReply = FuzzTarget(name: "redis-reply") { input in
        let bytes = [UInt8](copying: input)
        let atOnce = ReplyTranscript(bytes, step: max(bytes.count, 1))
        // Byte by byte a long input takes long, and shows nothing that a short one doesn't.
        expect(ReplyTranscript(bytes, step: 1 + bytes.count / 512) == atOnce, "replies are the same piece by piece")
        expect(ReplyTranscript(bytes, step: 1 + bytes.count / 2) == atOnce, "replies are the same in two")
        checkCommand(bytes.split(separator: 0x0A, maxSplits: 31, omittingEmptySubsequences: false).map(Array.init))
    }

    private static func checkCommand(_ arguments: [[UInt8]]) {
        guard arguments.joined().count <= ReplyTranscript.limits.bytes else { return }
        var buffer = CommandBuffer()
        buffer.append(arguments)
        let echo = ReplyTranscript(Array(buffer.unwritten), step: buffer.unwritten.count)
        expect(echo == ReplyTranscript(array: arguments), "a command is an array of its arguments")
        var get = CommandBuffer()
        get.appendGet(of: arguments[0])
        var command = CommandBuffer()
        command.append([Array("GET".utf8), arguments[0]])
        expect(get.unwritten == command.unwritten, "GET is the command GET")
    }
}
