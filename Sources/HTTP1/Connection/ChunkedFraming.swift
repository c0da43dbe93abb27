import Bytes

/// The framing of a chunked body (RFC 9112 section 7.1), strictly: CR LF ends each line, a size has at most eight digits,
/// extensions and trailers have their form. Chunk data, extensions and trailers are skipped.
struct ChunkedFraming: Sendable {
    private enum State {
        /// Before the first digit of a size.
        case sizeStart
        case size
        /// Behind a `;`, before the extension's name.
        case extensionStart
        case extensionName
        /// Behind the `=`.
        case valueStart
        case value
        case quotedValue
        case quotedPair
        case valueEnd
        case sizeLineFeed
        case data
        case dataReturn
        case dataLineFeed
        /// Behind the last chunk, at the start of a line.
        case trailerStart
        case trailerName
        case trailerValue
        case trailerLineFeed
        case endLineFeed
        case done
    }

    private var state = State.sizeStart
    /// The size as far as it was read; then the bytes of chunk data still to come.
    private var size = 0
    private var digits = 0

    private static let maximumDigits = 8

    var isDone: Bool { state == .done }

    /// How many bytes of chunk data must still come, as far as a size was read.
    var pending: Int { size }

    /// Reads on; gives how many bytes belonged to the body.
    mutating func skip(_ bytes: RawSpan) throws(BodyError) -> Int {
        var offset = 0
        while offset < bytes.byteCount, state != .done {
            if state == .data {
                let count = min(size, bytes.byteCount - offset)
                size -= count
                offset += count
                if size == 0 { state = .dataReturn }
            } else {
                state = try next(bytes[byte: offset])
                offset += 1
            }
        }
        return offset
    }

    private mutating func next(_ byte: UInt8) throws(BodyError) -> State {
        let isReturn = byte == UInt8(ascii: "\r")
        switch state {
        case .sizeStart, .size: return try readSize(byte)
        case .extensionStart, .extensionName, .valueStart, .value, .quotedValue, .quotedPair, .valueEnd:
            return try readExtension(byte)
        case .sizeLineFeed: return try lineFeed(byte, then: size == 0 ? .trailerStart : .data)
        case .dataReturn where isReturn: return .dataLineFeed
        case .dataLineFeed: return try lineFeed(byte, then: .sizeStart)
        case .trailerStart where isReturn: return .endLineFeed
        case .trailerStart where ByteSet.token.contains(byte): return .trailerName
        case .trailerName where byte == UInt8(ascii: ":"): return .trailerValue
        case .trailerName where ByteSet.token.contains(byte): return .trailerName
        case .trailerValue: return isReturn ? .trailerLineFeed : try text(byte, then: .trailerValue)
        case .trailerLineFeed: return try lineFeed(byte, then: .trailerStart)
        case .endLineFeed: return try lineFeed(byte, then: .done)
        default: throw .badChunk
        }
    }

    private mutating func readSize(_ byte: UInt8) throws(BodyError) -> State {
        if state == .sizeStart {
            size = 0
            digits = 0
        } else if byte == UInt8(ascii: "\r") {
            return .sizeLineFeed
        } else if byte == UInt8(ascii: ";") {
            return .extensionStart
        }
        guard let digit = byte.hexDigitValue, digits < Self.maximumDigits else { throw .badChunk }
        size = size << 4 | Int(digit)
        digits += 1
        return .size
    }

    /// `;` token [ `=` ( token | quoted-string ) ], again and again (RFC 9112 section 7.1.1), without white space.
    private func readExtension(_ byte: UInt8) throws(BodyError) -> State {
        let isToken = ByteSet.token.contains(byte)
        switch (state, byte) {
        case (.extensionStart, _) where isToken, (.extensionName, _) where isToken: return .extensionName
        case (.extensionName, UInt8(ascii: "=")): return .valueStart
        case (.valueStart, UInt8(ascii: "\"")): return .quotedValue
        case (.valueStart, _) where isToken, (.value, _) where isToken: return .value
        case (.quotedValue, UInt8(ascii: "\"")): return .valueEnd
        case (.quotedValue, UInt8(ascii: "\\")): return .quotedPair
        case (.quotedValue, _), (.quotedPair, _): return try text(byte, then: .quotedValue)
        case (.extensionName, UInt8(ascii: ";")), (.value, UInt8(ascii: ";")), (.valueEnd, UInt8(ascii: ";")):
            return .extensionStart
        case (.extensionName, UInt8(ascii: "\r")), (.value, UInt8(ascii: "\r")), (.valueEnd, UInt8(ascii: "\r")):
            return .sizeLineFeed
        default: throw .badChunk
        }
    }

    private func lineFeed(_ byte: UInt8, then state: State) throws(BodyError) -> State {
        guard byte == UInt8(ascii: "\n") else { throw .badChunk }
        return state
    }

    private func text(_ byte: UInt8, then state: State) throws(BodyError) -> State {
        guard (byte >= 0x20 && byte != 0x7F) || byte == UInt8(ascii: "\t") else { throw .badChunk }
        return state
    }
}
