import Bytes

/// A piece of a reply of RESP3. An aggregate is followed by its elements, and each of these by its own.
package enum RESP3Node: Hashable, Sendable {
    /// Where the string's bytes stand.
    case bulk(Range<Int>)
    case status(Range<Int>)
    /// A string that is a text for people; without its kind, such as `txt:`.
    case verbatim(Range<Int>)
    /// One on a line, or one that is a string of its own.
    case error(Range<Int>)
    case integer(Int64)
    /// As it was written.
    case double(Range<Int>)
    case bigNumber(Range<Int>)
    case boolean(Bool)
    case null
    /// With so many elements.
    case array(Int)
    case set(Int)
    /// With so many pairs: keys and values in turn.
    case map(Int)
    /// What nobody asked for.
    case push(Int)
}

extension RESP3Node {
    /// Where the bytes of a string stand, in whichever of its forms; nil when it is none.
    fileprivate var stringRange: Range<Int>? {
        switch self {
        case .bulk(let range), .status(let range), .verbatim(let range): range
        default: nil
        }
    }
}

/// A whole reply of RESP3, or a push.
package struct RESP3Reply {
    /// The first is the reply itself.
    package let nodes: [RESP3Node]
    private let bytes: [UInt8]

    init(nodes: [RESP3Node], bytes: [UInt8]) {
        self.nodes = nodes
        self.bytes = bytes
    }

    package var head: RESP3Node { nodes.first ?? .null }

    /// The error that the reply is, if it is one.
    package var error: RedisErrorCode? {
        guard case .error(let range) = head else { return nil }
        return RedisErrorCode(message: bytes[range])
    }

    /// Shows the bytes of a piece.
    package func withBytes<Result, Failure: Error>(
        at range: Range<Int>, do body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes.span.bytes.extracting(range))
    }

    /// The string at a piece; nil when it is none.
    package func string(of node: RESP3Node?) -> [UInt8]? {
        node?.stringRange.map { Array(bytes[$0]) }
    }

    /// Whether the piece is a string, and this one.
    func isString(_ node: RESP3Node, equalTo text: StaticString) -> Bool {
        node.stringRange.map { withBytes(at: $0) { bytes in bytes.equals(text) } } ?? false
    }
}
