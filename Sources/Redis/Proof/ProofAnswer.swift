import Bytes

/// A reply to a question of a proof, by its form.
package enum ProofAnswer: Hashable, Sendable {
    case error(RedisErrorCode)
    case integer(Int64)
    case text([UInt8])
    case tracking(TrackingInfo)
    case other

    package init(_ reply: RedisReply) {
        switch reply.head {
        case .error: self = .error(reply.error ?? .other)
        case .integer(let number): self = .integer(number)
        case .bulk(let range): self = .text(reply.withBytes(range) { bytes in [UInt8](copying: bytes) })
        case .array: self = TrackingInfo(reply).map { .tracking($0) } ?? .other
        case .status, .null, .oversized: self = .other
        }
    }
}
