package import JOSE

/// An issuer whose userinfo endpoint is asked for what its tokens lack, and on what terms (contract section 22).
package struct UserinfoServer: Hashable, Sendable {
    /// How long an answer is kept that lacks what could not be asked for.
    static let partialMaximumAge = Duration.seconds(1)

    package var id: IssuerID
    /// What it is called where questions are counted: the issuer.
    package var name: String
    package var claims: UserinfoClaims
    /// How long an answer is kept.
    package var maximumAge = Duration.seconds(300)
    /// Whether a token is answered without what could not be asked for.
    package var isPartial = false

    package init(_ name: String, id: IssuerID, claims: UserinfoClaims) {
        (self.name, self.id, self.claims) = (name, id, claims)
    }

    /// Whether a token lacks what is asked for.
    func isNeeded(by statement: MappedClaims) -> Bool {
        claims.wanted.contains { statement.claims.find($0) == nil }
    }

    /// What the token says, and what it lacks of what its user is said to be.
    func vouch(for claims: ClaimsSet, completing statement: MappedClaims) throws(ClaimsRefusal) -> MappedClaims? {
        guard let subject = claims.text(at: ClaimPlace("sub")), subject == statement.claims.text(at: ClaimPlace("sub"))
        else { throw .userinfoMismatch }
        return try? statement.completed(by: claims, members: self.claims.members)
    }
}

/// Which claims are asked for, and which members of an answer are taken.
///
/// An answer tells of the user, and not of the token: nothing is taken from it that decides whether a token is good, and what
/// says what the token may do, or how its user has logged in, only where the configuration itself says that it stands there.
package struct UserinfoClaims: Hashable, Sendable {
    /// Where what is asked for stands.
    package var wanted: [ClaimPlace]
    /// The names of the members that are taken.
    package var members: [[UInt8]]

    /// What no answer about a user can say of a token (RFC 7519 section 4.1, RFC 7800 section 3.1).
    private static let ofTokens = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf"].map { Array($0.utf8) }

    /// - Parameters:
    ///   - named: the places that the configuration gives to fields, but for the user's id, which a token has to have itself.
    ///   - places: all of the issuer's.
    package init(named: [ClaimPlace], among places: ClaimPlaces) {
        let fields = Set(named.flatMap(\.names))
        let aboutToken =
            [
                places.scopes, places.client, places.contexts, places.authenticationMethods, places.authenticatedAt,
            ]
            .compactMap(\.self).flatMap(\.names) + [places.audience] + places.required.map(\.name)
        let kept = Set(Self.ofTokens + places.userID.names + aboutToken.filter { !fields.contains($0) })
        wanted = (named + places.headers.map(\.place)).filter { !kept.isSuperset(of: $0.names) }
        members = Set(wanted.flatMap(\.names)).subtracting(kept).sorted { $0.lexicographicallyPrecedes($1) }
    }
}

extension ClaimPlace {
    /// The members of the claims in which it may be.
    fileprivate var names: [[UInt8]] { path.prefix(1) + alternatives.flatMap(\.names) }
}

extension MappedClaims {
    /// Whether the token is bound to a key whose possession its sender has to prove (`cnf`, RFC 7800).
    var isBound: Bool { claims.range(at: [Array("cnf".utf8)]) != nil }
}
