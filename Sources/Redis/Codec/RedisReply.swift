import Bytes

/// A whole reply, as a view of the reader that read it: it must not outlive the reader's next step.
package struct RedisReply {
    private let assembly: ReplyAssembly

    init(_ assembly: ReplyAssembly) {
        self.assembly = assembly
    }

    /// The reply's pieces: the first is the reply itself, an array's elements follow it.
    package var nodes: [ReplyNode] { assembly.pieces.nodes }

    /// What a single-piece reply is; of an array, only that it is one.
    package var head: ReplyNode { assembly.pieces.nodes.first ?? .null }

    /// The error that the reply is, if it is one.
    package var error: RedisErrorCode? {
        guard case .error(let range) = head else { return nil }
        return RedisErrorCode(message: assembly.pieces.bytes[range])
    }

    /// Shows the bytes of a piece.
    package func withBytes<Result, Failure: Error>(
        at range: Range<Int>, do body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = assembly.pieces.bytes
        return try body(bytes.span.bytes.extracting(range))
    }
}

/// A piece of a reply. An array is followed by its elements.
package enum ReplyNode: Hashable, Sendable {
    /// Where the string's bytes stand.
    case bulk(Range<Int>)
    case status(Range<Int>)
    case error(Range<Int>)
    case integer(Int64)
    case null
    case array(Int)
    /// A string longer than is kept: all of the reply, never a part of one.
    case oversized
}

extension RedisReply {
    /// How far apart a question and its answer may be for the key's end to be counted from the question.
    private static var promptly: Int64 { 50_000_000 }

    /// When a key ends, on the steady clock, in nanoseconds, by the reply to a `PTTL`; nil when it has no end, or that is not known.
    ///
    /// The server counted from some moment between the question and now. The earlier one is taken, because a change before
    /// the end is told, and an end that is told before its time would count as one; unless the reply took so long that a change
    /// would be taken for the end.
    func keyEnd(askedAt sent: Int64, now: Int64) -> Int64? {
        guard case .integer(let milliseconds) = head, (0...86_400_000_000).contains(milliseconds) else { return nil }
        let start = now - sent <= Self.promptly ? sent : now
        return start + milliseconds * 1_000_000
    }
}
