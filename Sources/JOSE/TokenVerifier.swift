package import Bytes

/// A token, from bytes to verified claims.
///
/// Takes a compact JWS, the issuers' keys and the time. Gives the claims, or the first check that failed, or the key that
/// is missing. Imports Bytes and libcrypto.
///
/// The checks run in the order of `TokenRefusal` (contract section 4). Those that can only refuse come first: an expired
/// or foreign token costs no key and no signature. Each event loop has a verifier of its own.
package struct TokenVerifier: Sendable {
    private let issuers: [TrustedIssuer]
    /// One per issuer.
    private let ids: [IssuerID]
    private let table: IssuerTable
    /// The header that was read last, and its bytes: all tokens of one key have the same one.
    private var lastHeader: (bytes: [UInt8], header: TokenHeader)?
    /// Which keys would be worth a table.
    private var demand = KeyDemand()
    /// Longer tokens are refused unread.
    package let maximumTokenBytes: Int
    /// The proofs of possession that are checked, once a token is good.
    private let methods: KeyBinding.Methods

    /// - Parameters:
    ///   - ids: one per issuer, by which their keys are found in a ring; nil: the numbers from zero on.
    ///   - maximumTokenBytes: `limits.token_bytes`.
    ///   - methods: the proofs of possession that somebody checks; a token that is bound in another way is refused.
    package init(
        issuers: [TrustedIssuer], ids: [IssuerID]? = nil, maximumTokenBytes: Int,
        provableBy methods: KeyBinding.Methods = []
    ) {
        self.issuers = issuers
        self.ids = ids ?? IssuerID.first(count: issuers.count)
        self.table = IssuerTable(issuers.map(\.identifier))
        self.maximumTokenBytes = maximumTokenBytes
        self.methods = methods
    }

    /// Whether any token can be good.
    package var hasIssuers: Bool { !issuers.isEmpty }

    /// Runs all checks.
    package mutating func verify(_ token: RawSpan, with ring: KeyRing, now: Moment) -> TokenVerdict {
        do throws(TokenRefusal) {
            return try check(token, with: ring, now: now)
        } catch {
            return .refused(error)
        }
    }

    /// Takes the keys with which so many signatures were verified since they were last taken that tables are worth their time.
    package mutating func takeKeysInDemand() -> [KeyInDemand] { demand.take() }

    /// Runs the checks of steps 1, 2, 6 and 7 alone, any known algorithm allowed: for `inspect --signature-only`.
    ///
    /// - Parameter keys: nil when there is no key that can be used; then no token has its key.
    package static func verifySignature(
        of token: RawSpan, with keys: KeySet?, maximumTokenBytes: Int
    ) throws(TokenRefusal) {
        let token = try CompactToken(token, maximumBytes: maximumTokenBytes)
        let header = try TokenHeader(reading: token.header.span.bytes)
        guard let key = try keys?.key(kid: try header.keyID(), for: header.algorithm) else { throw .keyUnknown }
        guard try isSigned(token, header: header, by: key) else { throw .signatureWrong }
    }

    private mutating func check(
        _ token: RawSpan, with ring: KeyRing, now: Moment
    ) throws(TokenRefusal) -> TokenVerdict {
        let token = try CompactToken(token, maximumBytes: maximumTokenBytes)
        let header = try header(from: token.header)
        let claims = try TokenClaims(reading: token.payload.span.bytes, issuers: table)
        let index = try issuer(of: claims, header: header)
        let expiresAt = try checkTimes(of: claims, leeway: issuers[index].leeway, now: now.timestamp)
        let set = ClaimsSet(text: token.payload, members: claims.members)
        let (subject, userID) = try checkParties(of: claims, in: set, issuer: issuers[index])
        let binding =
            issuers[index].confirmation == .check ? try claims.confirmation.binding(provableBy: methods) : nil
        let grantHash =
            try issuers[index].sessionCheck == .grant ? grantHash(of: claims, payload: set.text.span.bytes) : nil
        let kid = try header.keyID()
        let id = ids[index]
        guard let place = ring.place(of: id, guess: index), let keys = ring.issuers[place].set else {
            return .keyMissing(MissingKey(issuer: id, kid: kid, cause: .neverLoaded))
        }
        guard now.steady < ring.issuers[place].usableUntil else {
            return .keyMissing(MissingKey(issuer: id, kid: kid, cause: .tooOld))
        }
        guard let key = try keys.key(kid: kid, for: header.algorithm) else {
            return .keyMissing(MissingKey(issuer: id, kid: kid, cause: .unknownKid))
        }
        guard try Self.isSigned(token, header: header, by: key) else { return .forged(issuer: id) }
        demand.count(key, of: id)
        return .valid(
            VerifiedToken(
                subject: subject, userID: userID,
                statement: MappedClaims(claims: set, mapping: issuers[index].claims), issuer: id, key: key,
                expiresAt: expiresAt, grantHash: grantHash, binding: binding))
    }

    /// Step 2.
    private mutating func header(from bytes: [UInt8]) throws(TokenRefusal) -> TokenHeader {
        if let lastHeader, lastHeader.bytes == bytes { return lastHeader.header }
        let header = try TokenHeader(reading: bytes.span.bytes)
        lastHeader = (bytes, header)
        return header
    }

    /// Step 3.
    private func issuer(of claims: TokenClaims, header: TokenHeader) throws(TokenRefusal) -> Int {
        switch claims.issuer {
        case .missing: throw .issuerMissing
        case .unknown: throw .issuerUnknown
        case .known(let index):
            guard issuers[index].algorithms.contains(header.algorithm) else { throw .algorithmNotAllowed }
            return index
        }
    }

    /// Step 4; gives the moment from which on the token is expired.
    private func checkTimes(
        of claims: TokenClaims, leeway: Duration, now: Timestamp
    ) throws(TokenRefusal) -> Timestamp {
        guard case .at(let expiry) = claims.expiry else { throw .expiryMissing }
        let expiresAt = expiry + leeway
        guard now < expiresAt else { throw .expired }
        let latest = now + leeway
        switch claims.notBefore {
        case .absent: break
        case .malformed: throw .notBeforeMalformed
        case .at(let start): guard start <= latest else { throw .notYetValid }
        }
        switch claims.issuedAt {
        case .absent: break
        case .malformed: throw .issuedAtMalformed
        case .at(let issue): guard issue <= latest else { throw .issuedInFuture }
        }
        return expiresAt
    }

    /// Step 5; gives the subject, and who the user is.
    private func checkParties(
        of claims: TokenClaims, in set: ClaimsSet, issuer: TrustedIssuer
    ) throws(TokenRefusal) -> (subject: [UInt8], userID: [UInt8]) {
        guard let audience = set.range(at: [issuer.claims.places.audience]) else { throw .audienceMissing }
        switch Audience.match(text: set.value(at: audience), expected: issuer.audiences) {
        case .malformed: throw .audienceMissing
        case .none: throw .audienceUnknown
        case .one: break
        }
        guard let subject = claims.subject, !subject.isEmpty else { throw .subjectMissing }
        guard !claims.isOfOtherKind else { throw .notAccessToken }
        guard issuer.claims.holdsRequired(in: set) else { throw .requiredClaim }
        if issuer.claims.namesSubject { return (subject, subject) }
        guard let userID = set.text(at: issuer.claims.places.userID), !userID.isEmpty else { throw .userIDMissing }
        return (subject, userID)
    }

    /// The access grant's hash that `jti` must be when the token ends with its session.
    private func grantHash(of claims: TokenClaims, payload: RawSpan) throws(TokenRefusal) -> [UInt8] {
        guard let text = claims.tokenID, text.count == 66, payload[byte: text.lowerBound] == UInt8(ascii: "\"") else {
            throw .tokenIDUnsuitable
        }
        let hash = [UInt8](copying: payload.extracting(text.lowerBound + 1..<text.upperBound - 1))
        guard hash.allSatisfy(\.isLowercaseHexDigit) else { throw .tokenIDUnsuitable }
        return hash
    }

    /// Step 7: whether the signature is right.
    private static func isSigned(
        _ token: borrowing CompactToken, header: TokenHeader, by key: VerificationKey
    ) throws(TokenRefusal) -> Bool {
        guard token.signature.count == key.signatureBytes else { throw .signatureLength }
        return key.verifies(token.signature.span.bytes, of: token.signingInput, by: header.algorithm)
    }
}
