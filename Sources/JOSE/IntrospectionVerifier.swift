package import Bytes

/// Judges what an issuer's introspection endpoint says of a token that it calls active (RFC 7662 section 2.2, contract section 19).
///
/// The first check that fails is the refusal. They are those of a JWT's payload as far as they apply: there is no signature, so
/// whoever answered vouches for all of it.
package struct IntrospectionVerifier: Hashable, Sendable {
    package var issuer: TrustedIssuer
    /// What `client_id` must be one of where the answer has no audience.
    package var clients: [[UInt8]]
    /// What counts as `sub` where an answer has none; nil: nothing does.
    package var subject: ClaimPlace?

    package init(issuer: TrustedIssuer, clients: [[UInt8]]) {
        self.issuer = issuer
        self.clients = clients
    }

    /// - Parameter methods: the proofs of possession that are checked.
    package func verify(
        _ claims: ClaimsSet, provableBy methods: KeyBinding.Methods = [], now: Timestamp
    ) throws(TokenRefusal) -> IntrospectedToken {
        if claims.range(at: [Array("iss".utf8)]) != nil, claims.text(at: ClaimPlace("iss")) != issuer.identifier {
            throw .issuerUnknown
        }
        let expiresAt = try checkTimes(of: claims, now: now)
        guard !Self.isOfOtherKind(claims) else { throw .notAccessToken }
        try checkAudience(of: claims)
        guard let subject = subject(of: claims), !subject.isEmpty else { throw .subjectMissing }
        guard issuer.claims.holdsRequired(in: claims) else { throw .requiredClaim }
        let place = issuer.claims.places.userID
        let userID = place == Self.sub ? subject : claims.text(at: place)
        guard let userID, !userID.isEmpty else { throw .userIDMissing }
        let binding =
            issuer.confirmation == .check ? try confirmation(of: claims).binding(provableBy: methods) : nil
        return IntrospectedToken(subject: subject, userID: userID, expiresAt: expiresAt, binding: binding)
    }

    private static let sub = ClaimPlace("sub")

    /// Whom the answer names. One that has a `sub` is not read in another way.
    private func subject(of claims: ClaimsSet) -> [UInt8]? {
        guard let subject, claims.range(at: [Array("sub".utf8)]) == nil else { return claims.text(at: Self.sub) }
        return claims.text(at: subject)
    }

    /// Gives the moment from which on the token is expired; nil when the answer does not say. There is no leeway: the endpoint has
    /// looked at its own clock just now.
    private func checkTimes(of claims: ClaimsSet, now: Timestamp) throws(TokenRefusal) -> Timestamp? {
        let expiresAt = claims.time(at: ClaimPlace("exp"))
        if claims.range(at: [Array("exp".utf8)]) != nil {
            guard let expiresAt else { throw .expiryMissing }
            guard now < expiresAt else { throw .expired }
        }
        if claims.range(at: [Array("nbf".utf8)]) != nil {
            guard let start = claims.time(at: ClaimPlace("nbf")) else { throw .notBeforeMalformed }
            guard start <= now else { throw .notYetValid }
        }
        return expiresAt
    }

    /// What `token_use`, `token_type` (RFC 8693 section 3 has URIs for it) and Keycloak's `typ` call what is no access token.
    private static let otherKinds: Set<String> = [
        "id", "id_token", "refresh", "refresh_token", "offline", "logout",
        "urn:ietf:params:oauth:token-type:refresh_token", "urn:ietf:params:oauth:token-type:id_token",
    ]

    private static func isOfOtherKind(_ claims: ClaimsSet) -> Bool {
        ["token_use", "token_type", "typ"].contains { name in
            claims.text(at: ClaimPlace(name)).map { text in
                otherKinds.contains(String(decoding: text, as: UTF8.self).lowercased())
            } ?? false
        }
    }

    private func checkAudience(of claims: ClaimsSet) throws(TokenRefusal) {
        if let audience = claims.range(at: [issuer.claims.places.audience]) {
            switch Audience.match(text: claims.value(at: audience), expected: issuer.audiences) {
            case .malformed: throw .audienceMissing
            case .none: throw .audienceUnknown
            case .one: return
            }
        }
        guard !clients.isEmpty, let client = claims.text(at: ClaimPlace("client_id")) else { throw .audienceMissing }
        guard clients.contains(client) else { throw .audienceUnknown }
    }

    private func confirmation(of claims: ClaimsSet) -> ClaimedConfirmation {
        guard let range = claims.range(at: [Array("cnf".utf8)]) else { return .absent }
        var reader = JSONReader(claims.value(at: range))
        return (try? ClaimedConfirmation(reading: &reader)) ?? .unknown
    }
}

/// What an issuer says of a token that is good.
package struct IntrospectedToken: Sendable {
    /// `sub`, not empty.
    package let subject: [UInt8]
    /// Who the user is, not empty.
    package let userID: [UInt8]
    /// From when on it is no longer valid; nil: the issuer does not say.
    package let expiresAt: Timestamp?
    /// What its sender has to prove; nil: nothing.
    package let binding: KeyBinding?
}
