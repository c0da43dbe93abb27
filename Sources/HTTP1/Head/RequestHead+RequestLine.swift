import Bytes

extension RequestHead {
    /// Reads `method SP target SP HTTP/x.y` (RFC 9112 section 3); the line has no control bytes.
    @inline(__always)
    mutating func readRequestLine(_ bytes: RawSpan, _ line: Range<Int>) throws(HeadError) {
        let methodEnd = ByteScan.tokenEnd(in: bytes, from: line.lowerBound)
        guard methodEnd < line.upperBound, bytes[byte: methodEnd] == UInt8(ascii: " ") else { throw .badRequestLine }
        guard methodEnd > line.lowerBound else { throw .badMethod }
        // The last nine bytes are ` HTTP/x.y`, and at least one byte of target is left.
        let targetEnd = line.upperBound - 9
        guard targetEnd > methodEnd + 1, bytes[byte: targetEnd] == UInt8(ascii: " ") else { throw .badRequestLine }
        try readVersion(bytes, at: targetEnd + 1)
        try checkMethod(bytes, line.lowerBound..<methodEnd)
        route = try Target.route(bytes, methodEnd + 1..<targetEnd)
    }

    @inline(__always)
    private mutating func readVersion(_ bytes: RawSpan, at offset: Int) throws(HeadError) {
        switch bytes[word: offset] {
        case word("H", "T", "T", "P", "/", "1", ".", "1"): version = .http11
        case word("H", "T", "T", "P", "/", "1", ".", "0"): version = .http10
        default:
            let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
            guard bytes.word32(at: offset) == word("H", "T", "T", "P"),
                bytes[byte: offset + 4] == UInt8(ascii: "/"), digits.contains(bytes[byte: offset + 5]),
                bytes[byte: offset + 6] == UInt8(ascii: "."), digits.contains(bytes[byte: offset + 7])
            else { throw .badRequestLine }
            throw .versionNotSupported
        }
    }

    /// Any method will do but CONNECT: a proxy would take its 200 for a tunnel.
    @inline(__always)
    private func checkMethod(_ bytes: RawSpan, _ method: Range<Int>) throws(HeadError) {
        guard method.count == 7, bytes.word32(at: method.lowerBound) == word("C", "O", "N", "N"),
            bytes.word32(at: method.lowerBound + 3) == word("N", "E", "C", "T")
        else { return }
        throw .badMethod
    }
}
