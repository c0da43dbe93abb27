package import Bytes

/// A DPoP proof taken apart (RFC 9449 section 4.2): a JWS that a client makes for one request. Nothing of it is believed yet; who
/// judges it is in charge of the order.
package struct DPoPProof: ~Escapable {
    /// The longest that is read.
    package static let maximumBytes = 4 << 10
    /// How long `jti` may be.
    package static let identifierLength = 1...256

    /// The digest of the header as it is written: proofs with the same one have the same key.
    package let headerDigest: SHA256Digest
    /// `htm`: the method; nil when it is no text.
    package private(set) var method: [UInt8]?
    /// `htu`: the URI.
    package private(set) var uri: [UInt8]?
    /// `iat`: when it was made; nil when it is no number.
    package private(set) var issuedAt: Timestamp?
    /// `ath`: the digest of the token, in base64url.
    package private(set) var tokenHash: [UInt8]?
    /// `jti`: what no other proof of the key has; nil when it is no text of 1 to 256 bytes.
    package private(set) var identifier: [UInt8]?

    let signingInput: RawSpan
    let signature: [UInt8]
    private let headerText: [UInt8]

    /// Nil when it is not a JWS of at most 4 KiB with an object for a payload.
    @_lifetime(copy text)
    package init?(_ text: RawSpan) {
        guard let token = try? CompactToken(text, maximumBytes: Self.maximumBytes) else { return nil }
        signingInput = token.signingInput
        signature = token.signature
        headerText = token.header
        headerDigest = SHA256Digest(of: token.header.span.bytes)
        do throws(JSONError) {
            guard try read(payload: token.payload.span.bytes) else { return nil }
        } catch {
            return nil
        }
    }

    /// The header, read; nil when it is none, or its key is none of those that can be used.
    package var header: ProofHeader? { ProofHeader(reading: headerText.span.bytes) }

    private mutating func read(payload: RawSpan) throws(JSONError) -> Bool {
        var reader = JSONReader(payload, duplicateNames: .refused)
        guard try reader.enterObject() else { return false }
        var count = 0
        while let name = try reader.nextMember() {
            count += 1
            guard count <= CompactToken.maximumNames else { return false }
            switch name {
            case "htm": method = try reader.readString()?.copy()
            case "htu": uri = try reader.readString()?.copy()
            case "ath": tokenHash = try reader.readString()?.copy()
            case "jti":
                let text = try reader.readString()?.copy()
                identifier = text.flatMap { Self.identifierLength.contains($0.count) ? $0 : nil }
            case "iat": if case .at(let moment) = try ClaimedTime(reading: &reader) { issuedAt = moment }
            default: break
            }
        }
        try reader.finish()
        return true
    }
}
