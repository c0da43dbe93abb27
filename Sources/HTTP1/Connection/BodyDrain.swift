import Bytes

/// Skips a request's body, which nobody here wants, to find where the next request begins.
package struct BodyDrain: Sendable {
    private enum Framing {
        case none
        case length
        case chunked
    }

    private var framing = Framing.none
    /// How many bytes the body may still have: what `Content-Length` says, or what the limit leaves.
    private var remaining = 0
    private var chunks = ChunkedFraming()

    /// No body.
    package init() {}

    /// - Parameter limit: the most bytes that are drained.
    package init(_ body: RequestHead.Body, limit: Int) throws(BodyError) {
        switch body {
        case .none: framing = .none
        case .length(let length):
            guard length <= limit else { throw .tooLarge }
            framing = .length
            remaining = length
        case .chunked:
            framing = .chunked
            remaining = limit
        }
    }

    /// Whether the body's last byte was read.
    package var isDone: Bool {
        switch framing {
        case .none: true
        case .length: remaining == 0
        case .chunked: chunks.isDone
        }
    }

    /// Skips what belongs to the body.
    ///
    /// - Returns: how many of the bytes did.
    package mutating func drain(_ bytes: RawSpan) throws(BodyError) -> Int {
        switch framing {
        case .none: return 0
        case .length:
            let count = min(remaining, bytes.byteCount)
            remaining -= count
            return count
        case .chunked:
            let window = bytes.extracting(first: remaining)
            let count = try chunks.skip(window)
            remaining -= count
            guard chunks.isDone || remaining > chunks.pending else { throw .tooLarge }
            return count
        }
    }
}

/// Why a request's body is refused.
package enum BodyError: UInt8, CaseIterable, Error, Sendable {
    /// The body is longer than is drained, its framing counted in.
    case tooLarge
    /// The chunked framing is not as RFC 9112 section 7.1 writes it.
    case badChunk

    package var status: ErrorStatus {
        switch self {
        case .tooLarge: .contentTooLarge
        case .badChunk: .badRequest
        }
    }
}
