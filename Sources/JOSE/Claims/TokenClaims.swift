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
    /// `jti`: the place of its text in the payload.
    private(set) var tokenID: Range<Int>?
    /// Whether `typ` or `token_use` says that it is no access token.
    private(set) var isOfOtherKind = false
    private(set) var confirmation = ClaimedConfirmation.absent
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

    /// Throws when the payload is not one JSON object without duplicate names, or has too many. What
    /// follows an issuer that is unknown is not read.
    init(reading payload: RawSpan, issuers: IssuerTable) throws(TokenRefusal) {
        do throws(JSONError) {
            guard try read(payload, issuers) else { throw JSONError.unexpectedByte }
        } catch {
            throw .payloadMalformed
        }
    }

    /// False when the payload is JSON, but no object, or one of too many members.
    private mutating func read(_ payload: RawSpan, _ issuers: IssuerTable) throws(JSONError) -> Bool {
        var reader = JSONReader(payload, duplicateNames: .refused)
        guard try reader.enterObject() else { return false }
        var count = 0
        while let name = try reader.nextMember() {
            count += 1
            guard count <= CompactToken.maximumNames else { return false }
            try readMember(name, &reader, issuers)
            if case .unknown = issuer { return true }
        }
        try reader.finish()
        return true
    }

    /// A name is as long as its text, unless there are escapes in it: those are compared with every claim's name. A value
    /// is read once, so no claim is looked for among the long ones that was found among the short.
    private mutating func readMember(
        _ name: borrowing JSONString, _ reader: inout JSONReader, _ issuers: IssuerTable
    ) throws(JSONError) {
        if name.range.count == 3 || name.hasEscapes, try readShort(name, &reader, issuers) { return }
        if name.range.count >= 9 { try readLong(name, &reader) }
    }

    /// The claims whose names have three letters (RFC 7519 section 4.1, RFC 7800, RFC 8176); false when it is none of them.
    private mutating func readShort(
        _ name: borrowing JSONString, _ reader: inout JSONReader, _ issuers: IssuerTable
    ) throws(JSONError) -> Bool {
        switch name {
        case "iss": issuer = try Self.readIssuer(&reader, issuers)
        case "exp": expiry = try ClaimedTime(reading: &reader)
        case "nbf": notBefore = try ClaimedTime(reading: &reader)
        case "iat": issuedAt = try ClaimedTime(reading: &reader)
        case "sub": subject = try reader.readString()?.copy()
        case "aud": if reader.kind == .string || reader.kind == .array { audience = try reader.readRawValue() }
        case "amr": try identity.read(name, from: &reader)
        case "cnf": confirmation = try ClaimedConfirmation(reading: &reader)
        case "typ": try readType(&reader)
        case "jti": tokenID = try reader.readRawValue()
        default: return false
        }
        return true
    }

    /// The claims whose names are longer: those that become headers, and Cognito's kind of token.
    private mutating func readLong(
        _ name: borrowing JSONString, _ reader: inout JSONReader
    ) throws(JSONError) {
        switch name {
        case "auth_time": authenticatedAt = try reader.readNumber()?.timestamp
        case "token_use": try readUse(&reader)
        default: try identity.read(name, from: &reader)
        }
    }

    /// What Keycloak calls a token: here the ones that are no access tokens, but tell of the same user.
    private mutating func readType(_ reader: inout JSONReader) throws(JSONError) {
        guard let type = try reader.readString() else { return }
        switch type {
        case "ID", "Refresh", "Offline", "Logout": isOfOtherKind = true
        default: break
        }
    }

    /// What Cognito says a token is for.
    private mutating func readUse(_ reader: inout JSONReader) throws(JSONError) {
        guard let use = try reader.readString() else { return }
        switch use {
        case "id", "refresh": isOfOtherKind = true
        default: break
        }
    }

    private static func readIssuer(
        _ reader: inout JSONReader, _ issuers: IssuerTable
    ) throws(JSONError) -> ClaimedIssuer {
        guard let text = try reader.readString() else { return .missing }
        return text.withBytes { issuers.position(of: $0) }.map(ClaimedIssuer.known) ?? .unknown
    }
}
