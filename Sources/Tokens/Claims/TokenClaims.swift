import Bytes

/// What a token's payload claims (RFC 7519 section 4, contract section 4): read once, judged by the verifier.
struct TokenClaims {
    private(set) var issuer = ClaimedIssuer.missing
    private(set) var expiry = ClaimedTime.absent
    private(set) var notBefore = ClaimedTime.absent
    private(set) var issuedAt = ClaimedTime.absent
    /// `aud`: the place of its text in the payload, if it is a string or an array.
    private(set) var audience: Range<Int>?
    /// `sub`, unescaped, if it is a string.
    private(set) var subject: [UInt8]?
    private(set) var authenticatedAt: Timestamp?
    private(set) var identity = IdentityClaims()

    /// Whether and as what `iss` is configured.
    enum ClaimedIssuer {
        /// Absent or not a string.
        case missing
        case unknown
        /// The issuer's position in the configuration.
        case known(Int)
    }

    /// Throws when the payload is not one JSON object without duplicate names.
    init(reading payload: RawSpan, issuers: IssuerTable) throws(TokenRefusal) {
        do throws(JSONError) {
            guard try read(payload, issuers) else { throw JSONError.unexpectedByte }
        } catch {
            throw .payloadMalformed
        }
    }

    /// False when the payload is JSON, but no object.
    private mutating func read(_ payload: RawSpan, _ issuers: IssuerTable) throws(JSONError) -> Bool {
        var reader = JSONReader(payload, duplicateNames: .refused)
        guard try reader.enterObject() else { return false }
        while let name = try reader.nextMember() {
            // A name is as long as its text, unless there are escapes in it.
            if name.range.count == 3 || name.hasEscapes { try readShort(name, &reader, issuers) }
            if name.range.count >= 9 { try readLong(name, &reader) }
        }
        try reader.finish()
        return true
    }

    /// The claims whose names have three letters (RFC 7519 section 4.1, RFC 8176).
    private mutating func readShort(
        _ name: borrowing JSONString, _ reader: inout JSONReader, _ issuers: IssuerTable
    ) throws(JSONError) {
        switch name {
        case "iss": issuer = try Self.readIssuer(&reader, issuers)
        case "exp": expiry = try ClaimedTime(reading: &reader)
        case "nbf": notBefore = try ClaimedTime(reading: &reader)
        case "iat": issuedAt = try ClaimedTime(reading: &reader)
        case "sub": subject = try reader.readString()?.copy()
        case "aud": if reader.kind == .string || reader.kind == .array { audience = try reader.readRawValue() }
        case "amr": try identity.read(name, from: &reader)
        default: break
        }
    }

    /// The claims that become headers, all but `amr`.
    private mutating func readLong(
        _ name: borrowing JSONString, _ reader: inout JSONReader
    ) throws(JSONError) {
        switch name {
        case "auth_time": authenticatedAt = try reader.readNumber()?.timestamp
        default: try identity.read(name, from: &reader)
        }
    }

    private static func readIssuer(
        _ reader: inout JSONReader, _ issuers: IssuerTable
    ) throws(JSONError) -> ClaimedIssuer {
        guard let text = try reader.readString() else { return .missing }
        return text.withBytes { issuers.index(of: $0) }.map(ClaimedIssuer.known) ?? .unknown
    }
}
