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
        _ range: Range<Int>, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = assembly.pieces.bytes
        return try body(bytes.span.bytes.extracting(range))
    }
}
