import Bytes
import NIOCore
import Redis

extension FuzzTarget {
    /// Replies of RESP3 are those that a recursive reader finds, however the bytes come; and where hiredis reads replies of RESP2, so
    /// does this reader.
    static let resp3Reply = FuzzTarget(name: "resp3-reply") { input in
        let bytes = [UInt8](copying: input)
        guard bytes.count <= 4_096 else { return }
        let atOnce = RESP3Transcript(bytes, step: max(bytes.count, 1))
        expect(RESP3Transcript(bytes, step: 1) == atOnce, "replies are the same byte by byte")
        expect(RESP3Transcript(bytes, step: 1 + bytes.count / 2) == atOnce, "replies are the same in two")
        var (rest, trees, problem) = (bytes[...], [RESP3Tree](), RESP3Tree.Problem?.none)
        while !rest.isEmpty, problem == nil {
            do throws(RESP3Tree.Problem) {
                trees.append(try RESP3Tree(&rest))
            } catch {
                problem = error
            }
        }
        expect(atOnce.trees == trees, "replies are the oracle's")
        // What is cut off may be wrong, too, and the reader says so as soon as it can be seen.
        if problem != .short { expect(atOnce.isBroken == (problem == .wrong), "what is wrong is refused") }
        if let second = RESP3Transcript(withHiredis: bytes) {
            // It does not look at what ends a string of known length; there this reader refuses, and the oracle with it.
            let count = atOnce.isBroken ? min(atOnce.trees.count, second.trees.count) : second.trees.count
            expect(
                Array(atOnce.trees.prefix(count)) == Array(second.trees.prefix(count)),
                "RESP2 is read as hiredis reads it")
        }
    }
}

/// All that a reader makes of some bytes.
private struct RESP3Transcript: Equatable {
    private(set) var trees: [RESP3Tree] = []
    private(set) var isBroken = false

    /// - Parameter step: how many bytes come from the socket at a time.
    init(_ bytes: [UInt8], step: Int) {
        var reader = RESP3Reader()
        var rest = ByteBuffer(bytes: bytes)
        do throws(ReplyError) {
            while let chunk = rest.readSlice(length: min(step, rest.readableBytes)), chunk.readableBytes > 0 {
                try reader.read(chunk.readableBytesSpan) { reply in
                    trees.append(RESP3Tree(reply))
                    return true
                }
            }
        } catch {
            isBroken = true
        }
    }

    /// Nil when hiredis refuses the bytes, and where it is laxer: in numbers, and in lines that hold an end of half a line.
    init?(withHiredis bytes: [UInt8]) {
        let hasHalfEnd = bytes.indices.contains { index in
            bytes[index] == UInt8(ascii: "\n") && (index == 0 || bytes[index - 1] != UInt8(ascii: "\r"))
        }
        guard !hasHalfEnd, !bytes.contains(UInt8(ascii: ":")) else { return nil }
        var reader = ReplyReader()
        do throws(ReplyError) {
            try reader.read(bytes.span.bytes) { reply in
                trees.append(RESP3Tree(reply))
                return true
            }
        } catch {
            return nil
        }
    }
}

extension RESP3Tree {
    fileprivate init(_ reply: RedisReply) {
        var rest = reply.nodes[...]
        self.init(&rest, of: reply)
    }

    private init(_ rest: inout ArraySlice<ReplyNode>, of reply: RedisReply) {
        func bytes(_ range: Range<Int>) -> [UInt8] { reply.withBytes(at: range) { [UInt8](copying: $0) } }
        switch rest.removeFirst() {
        case .bulk(let range): self = .bulk(bytes(range))
        case .status(let range): self = .status(bytes(range))
        case .error(let range): self = .error(bytes(range))
        case .integer(let number): self = .integer(number)
        case .null, .oversized: self = .null
        case .array(let count): self = .array((0..<count).map { _ in RESP3Tree(&rest, of: reply) })
        }
    }
}
