import Bytes

/// What a token's payload claims (RFC 7519 section 4, contract section 4): read once, judged by the verifier.
struct TokenClaims {
    private(set) var issuer = ClaimedIssuer.missing
    private(set) var expiry = ClaimedTime.absent
    private(set) var notBefore = ClaimedTime.absent
    private(set) var issuedAt = ClaimedTime.absent
    /// `sub`, unescaped, if it is a string.
    private(set) var subject: [UInt8]?
    /// `jti`: the place of its text in the payload.
    private(set) var tokenID: Range<Int>?
    /// Whether `typ` or `token_use` says that it is no access token.
    private(set) var isOfOtherKind = false
    private(set) var confirmation = ClaimedConfirmation.absent
    /// Every member, for what the issuer's mapping looks for.
    private(set) var members = JSONMembers()

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
            guard try read(payload: payload, issuers: issuers) else { throw JSONError.unexpectedByte }
        } catch {
            throw .payloadMalformed
        }
    }

    /// False when the payload is JSON, but no object, or one of too many members.
    private mutating func read(payload: RawSpan, issuers: IssuerTable) throws(JSONError) -> Bool {
        var reader = JSONReader(payload, duplicateNames: .refused)
        guard try reader.enterObject() else { return false }
        var count = 0
        while let name = try reader.nextMember() {
            count += 1
            guard count <= CompactToken.maximumNames else { return false }
            let start = reader.position
            try readMember(named: name, from: &reader, issuers: issuers)
            try members.append(name, from: &reader, valueFrom: start)
            if case .unknown = issuer { return true }
        }
        try reader.finish()
        return true
    }

    /// A name is as long as its text, unless there are escapes in it: those are compared with every claim's name.
    private mutating func readMember(
        named name: borrowing JSONString, from reader: inout JSONReader, issuers: IssuerTable
    ) throws(JSONError) {
        if name.range.count == 3 || name.hasEscapes {
            try readShort(named: name, from: &reader, issuers: issuers)
        }
        if (name.range.count == 9 || name.hasEscapes), name.equals("token_use") { try readUse(from: &reader) }
    }

    /// The claims whose names have three letters (RFC 7519 section 4.1, RFC 7800).
    private mutating func readShort(
        named name: borrowing JSONString, from reader: inout JSONReader, issuers: IssuerTable
    ) throws(JSONError) {
        switch name {
        case "iss": issuer = try Self.readIssuer(from: &reader, issuers: issuers)
        case "exp": expiry = try ClaimedTime(reading: &reader)
        case "nbf": notBefore = try ClaimedTime(reading: &reader)
        case "iat": issuedAt = try ClaimedTime(reading: &reader)
        case "sub": subject = try reader.readString()?.copy()
        case "cnf": confirmation = try ClaimedConfirmation(reading: &reader)
        case "typ": try readType(from: &reader)
        case "jti": tokenID = try reader.readRawValue()
        default: break
        }
    }

    /// What Keycloak calls a token: here the ones that are no access tokens, but tell of the same user.
    private mutating func readType(from reader: inout JSONReader) throws(JSONError) {
        guard let type = try reader.readString() else { return }
        switch type {
        case "ID", "Refresh", "Offline", "Logout": isOfOtherKind = true
        default: break
        }
    }

    /// What Cognito says a token is for.
    private mutating func readUse(from reader: inout JSONReader) throws(JSONError) {
        guard let use = try reader.readString() else { return }
        switch use {
        case "id", "refresh": isOfOtherKind = true
        default: break
        }
    }

    private static func readIssuer(
        from reader: inout JSONReader, issuers: IssuerTable
    ) throws(JSONError) -> ClaimedIssuer {
        guard let text = try reader.readString() else { return .missing }
        return text.withBytes { issuers.position(of: $0) }.map(ClaimedIssuer.known) ?? .unknown
    }
}

/// A claim that should be a NumericDate (RFC 7519 section 2): a number, with or without fraction and exponent.
enum ClaimedTime {
    case absent
    /// Something else than a number; a string of digits, too.
    case malformed
    case at(Timestamp)

    /// Reads the value that comes next.
    init(reading reader: inout JSONReader) throws(JSONError) {
        if let number = try reader.readNumber() {
            self = .at(number.timestamp)
        } else {
            self = .malformed
        }
    }
}

/// `cnf`: whether the token is bound to a key whose possession its sender has to prove (RFC 7800 section 3.1).
enum ClaimedConfirmation {
    case absent
    /// Each member is one for which there is a proof: `jkt` (RFC 9449 section 6.1) and `x5t#S256` (RFC 8705 section 3.1).
    case known(KeyBinding)
    /// No object, an empty one, or one with another member, or with a thumbprint that is no text.
    case unknown

    /// Reads the value that comes next.
    init(reading reader: inout JSONReader) throws(JSONError) {
        var (key, certificate) = (nil as [UInt8]?, nil as [UInt8]?)
        var (count, areKnown) = (0, true)
        if try reader.enterObject() {
            while let name = try reader.nextMember() {
                count += 1
                switch name {
                case "jkt": key = try Self.readThumbprint(from: &reader, areKnown: &areKnown)
                case "x5t#S256": certificate = try Self.readThumbprint(from: &reader, areKnown: &areKnown)
                default: areKnown = false
                }
            }
        }
        self = count > 0 && areKnown ? .known(KeyBinding(key: key, certificate: certificate)) : .unknown
    }

    /// A text that is not empty. Of which digest it is does not matter before there is something to compare.
    private static func readThumbprint(
        from reader: inout JSONReader, areKnown: inout Bool
    ) throws(JSONError) -> [UInt8]? {
        if let thumbprint = try reader.readString(), !thumbprint.isEmpty { return thumbprint.copy() }
        areKnown = false
        return nil
    }

    /// What its sender has to prove; nil: nothing.
    ///
    /// - Parameter methods: the proofs that are checked.
    func binding(provableBy methods: KeyBinding.Methods) throws(TokenRefusal) -> KeyBinding? {
        switch self {
        case .absent: return nil
        case .unknown: throw .confirmationUnknown
        case .known(let binding):
            guard methods.isSuperset(of: binding.methods) else { throw .confirmationUnchecked }
            return binding
        }
    }
}

/// `aud`: a string or an array of strings (RFC 7519 section 4.1.3).
enum Audience {
    /// Whether it is as it should be, and whether it holds one that is expected.
    enum Match {
        case malformed
        case none
        case one
    }

    /// - Parameter text: a JSON string or array that a reader has passed over before.
    static func match(text: RawSpan, expected: [[UInt8]]) -> Match {
        do throws(JSONError) {
            var reader = JSONReader(text)
            if let single = try reader.readString() { return holds(one: expected, as: single) ? .one : .none }
            guard try reader.enterArray() else { return .malformed }
            var match = Match.none
            while try reader.nextElement() {
                guard let element = try reader.readString() else { return .malformed }
                if holds(one: expected, as: element) { match = .one }
            }
            return match
        } catch {
            return .malformed
        }
    }

    private static func holds(one expected: [[UInt8]], as text: borrowing JSONString) -> Bool {
        for audience in expected where text.equals(audience.span.bytes) { return true }
        return false
    }
}
