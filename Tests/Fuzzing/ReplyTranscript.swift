import Bytes
import NIOCore
import Redis

/// All that the reply reader makes of some bytes: the pieces of each reply in order, and whether it broke off.
struct ReplyTranscript: Equatable {
    static let limits = ReplyReader.Limits(bytes: 8192, nodes: 64)

    private enum Piece: Equatable {
        case begin
        case string(kind: String, [UInt8])
        case other(ReplyNode)
    }

    private var pieces: [Piece] = []
    /// Which error it is may depend on how the bytes came: a line that is too long and wrong is first one, then the other.
    private var isBroken = false

    /// - Parameter step: how many bytes come from the socket at a time.
    init(_ bytes: [UInt8], step: Int) {
        var reader = ReplyReader(limits: Self.limits)
        var rest = ByteBuffer(bytes: bytes)
        do throws(ReplyError) {
            while let chunk = rest.readSlice(length: min(step, rest.readableBytes)), chunk.readableBytes > 0 {
                try reader.read(chunk.readableBytesSpan) { reply in
                    note(reply)
                    return true
                }
            }
        } catch {
            isBroken = true
        }
    }

    /// The transcript of one reply that is an array of these strings.
    init(array: [[UInt8]]) {
        pieces = [.begin, .other(.array(array.count))] + array.map { .string(kind: "bulk", $0) }
    }

    private mutating func note(_ reply: RedisReply) {
        pieces.append(.begin)
        for node in reply.nodes {
            switch node {
            case .bulk(let range): note(reply, range, kind: "bulk")
            case .status(let range): note(reply, range, kind: "status")
            case .error(let range): note(reply, range, kind: "error")
            case .integer, .null, .array, .oversized: pieces.append(.other(node))
            }
        }
        expect((reply.error != nil) == isError(reply.head), "an error has a code, and nothing else has")
    }

    private mutating func note(_ reply: RedisReply, _ range: Range<Int>, kind: String) {
        pieces.append(.string(kind: kind, reply.withBytes(at: range) { [UInt8](copying: $0) }))
    }

    private func isError(_ node: ReplyNode) -> Bool {
        if case .error = node { true } else { false }
    }
}
