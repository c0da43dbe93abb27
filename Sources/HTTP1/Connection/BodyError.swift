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
