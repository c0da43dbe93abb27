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
