package import Bytes

/// What an issuer's claims are called (contract section 14).
///
/// One object, so that what was verified of a token says by one reference how it is read.
package final class ClaimMapping: Hashable, Sendable {
    package let places: ClaimPlaces
    /// Whether the user is who the token is about (`sub`), as with most.
    let namesSubject: Bool

    package init(_ places: ClaimPlaces = ClaimPlaces()) {
        self.places = places
        namesSubject = places.userID == ClaimPlace("sub")
    }

    package static func == (left: ClaimMapping, right: ClaimMapping) -> Bool { left.places == right.places }

    package func hash(into hasher: inout Hasher) { hasher.combine(places) }

    /// Whether a token says what it has to.
    func holdsRequired(in claims: ClaimsSet) -> Bool {
        for claim in places.required {
            guard let range = claims.range(at: [claim.name]), claim.value.matches(claims.value(at: range)) else {
                return false
            }
        }
        return true
    }
}

/// Where each claim stands. What has no place is never stated.
package struct ClaimPlaces: Hashable, Sendable {
    /// The claim that says whom it is for.
    package var audience = Array("aud".utf8)
    /// What a token has to say to be of the kind that is accepted.
    package var required: [RequiredClaim] = []

    /// Who the user is; it has to be stated.
    package var userID = ClaimPlace("sub")
    package var anonymous: ClaimPlace?
    package var verified: ClaimPlace?
    package var canReauthenticate: ClaimPlace?
    package var roles: ClaimPlace?
    package var authenticationMethods: ClaimPlace? = ClaimPlace("amr")
    package var authenticatedAt: ClaimPlace? = ClaimPlace("auth_time")
    package var scopes: ClaimPlace? = ClaimPlace("scope", reading: .split(UInt8(ascii: " ")))
    /// The authentication context classes (`acr`).
    package var contexts: ClaimPlace? = ClaimPlace("acr")
    package var client: ClaimPlace? = ClaimPlace("client_id")
    /// What becomes further headers, beside those that every issuer's claims become.
    package var headers: [ClaimHeader] = []

    package init() {}

    /// All places that something is read from.
    var all: [ClaimPlace] {
        let fields = [
            anonymous, verified, canReauthenticate, roles, authenticationMethods, authenticatedAt, scopes, contexts,
            client,
        ]
        return [userID] + fields.compactMap(\.self) + headers.map(\.place)
    }

    /// Nothing but who the user is has a place.
    package static var none: ClaimPlaces {
        var places = ClaimPlaces()
        (places.authenticationMethods, places.authenticatedAt, places.scopes) = (nil, nil, nil)
        (places.contexts, places.client) = (nil, nil)
        return places
    }
}

/// A claim that has to be exactly this string, number or boolean.
package struct RequiredClaim: Hashable, Sendable {
    package var name: [UInt8]
    package var value: ClaimValue

    package init(_ name: String, is value: ClaimValue) {
        self.name = Array(name.utf8)
        self.value = value
    }
}

/// A header that a claim becomes.
package struct ClaimHeader: Hashable, Sendable {
    /// How the value is written.
    package enum Encoding: String, CaseIterable, Sendable {
        /// Percent-encoded where a header's value can't hold it as it is (RFC 3986 section 2.1).
        case percent
        /// The JSON text in base64url.
        case base64url
        /// As it stands; what can't stand in a header makes the credential invalid.
        case none
    }

    /// In lower case.
    package var name: String
    package var place: ClaimPlace
    package var encoding: Encoding

    package init(_ name: String, from place: ClaimPlace, encoding: Encoding = .percent) {
        self.name = name
        self.place = place
        self.encoding = encoding
    }
}

/// Claims that may be believed, and how their issuer calls them. What is not stated as it should be is nil.
package struct MappedClaims: Sendable {
    package let claims: ClaimsSet
    package let mapping: ClaimMapping

    package init(claims: ClaimsSet, mapping: ClaimMapping) {
        self.claims = claims
        self.mapping = mapping
    }

    /// These claims, and what they lack of another set. What is said here is never replaced: no member is, and none is taken
    /// that a place looks at before the one by which it is said. Throws when there are too many.
    ///
    /// - Parameter names: the members that are taken, unless they have no value; nil: all.
    package func completed(by other: ClaimsSet, members names: [[UInt8]]? = nil) throws(JSONError) -> MappedClaims {
        let kept = Set(mapping.places.all.flatMap { claims.membersAhead(of: $0) })
        return MappedClaims(
            claims: try claims.completed(by: other, members: names, without: kept), mapping: mapping)
    }

    /// How many bytes of the token it keeps.
    package var memory: Int { claims.text.count }

    /// Those about the user and the session that become headers.
    package var identity: IdentityClaims {
        IdentityClaims(
            isAnonymous: mapping.places.anonymous.flatMap { claims.boolean(at: $0) },
            isVerified: mapping.places.verified.flatMap { claims.boolean(at: $0) },
            canReauthenticate: mapping.places.canReauthenticate.flatMap { claims.boolean(at: $0) },
            roles: mapping.places.roles.flatMap { claims.list(at: $0) },
            authenticationMethods: mapping.places.authenticationMethods.flatMap { claims.list(at: $0) })
    }

    /// Nil also where it is beyond all times that can be told: there is none to guess then.
    package var authenticatedAt: Timestamp? {
        let time = mapping.places.authenticatedAt.flatMap { claims.time(at: $0) }
        return time == .distantPast || time == .distantFuture ? nil : time
    }
    package var scopes: [[UInt8]]? { mapping.places.scopes.flatMap { claims.list(at: $0) } }
    package var contexts: [[UInt8]]? { mapping.places.contexts.flatMap { claims.list(at: $0) } }
    package var client: [UInt8]? { mapping.places.client.flatMap { claims.text(at: $0) } }
    package var issuer: [UInt8]? { claims.text(at: ClaimPlace("iss")) }
    package var audiences: [[UInt8]]? { claims.list(at: ClaimPlace([mapping.places.audience])) }
}
