import Bytes

/// A token's bytes taken apart, nothing of them believed yet (RFC 7515 section 7.1).
struct CompactToken: ~Escapable {
    /// The most members that a header or a payload may have: real ones have some 10 to 40, more only cost time.
    static let maximumNames = 256

    /// What the signature is over: header and payload as they were sent, and the dot between them.
    let signingInput: RawSpan
    /// The three parts, decoded.
    let header: [UInt8]
    let payload: [UInt8]
    let signature: [UInt8]

    @_lifetime(copy token)
    init(_ token: RawSpan, maximumBytes: Int) throws(TokenRefusal) {
        guard token.byteCount <= maximumBytes else { throw .tooLong }
        guard let (first, second) = token.compactDots else { throw .notThreeParts }
        guard let header = Base64URL.decode(token.extracting(0..<first)) else { throw .headerNotBase64URL }
        guard let payload = Base64URL.decode(token.extracting(first + 1..<second)) else { throw .payloadNotBase64URL }
        guard let signature = Base64URL.decode(token.extracting(second + 1..<token.byteCount)) else {
            throw .signatureNotBase64URL
        }
        self.signingInput = token.extracting(0..<second)
        self.header = header
        self.payload = payload
        self.signature = signature
    }
}

extension RawSpan {
    /// Where the two dots of a JWS in compact serialization are (RFC 7515 section 7.1); nil when there are fewer or more.
    package var compactDots: (first: Int, second: Int)? {
        let dot = UInt8(ascii: ".")
        guard let first = distantIndex(of: dot), let second = distantIndex(of: dot, from: first + 1),
            distantIndex(of: dot, from: second + 1) == nil
        else { return nil }
        return (first, second)
    }
}
