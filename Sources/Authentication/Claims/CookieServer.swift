import Bytes
package import JOSE

/// A cookie whose sessions another server knows, and on what terms that is asked (contract section 21).
package struct CookieServer: Hashable, Sendable {
    /// A longer value is no session's.
    static let maximumValueLength = 4_096

    package var id: IssuerID
    /// The cookie's name.
    package var cookie: String
    /// What it is called where questions are counted.
    package var name: String
    /// What the claims of its answers are called.
    package var claims: ClaimMapping
    /// Where nothing may stand in an answer.
    package var refused: [ClaimPlace]
    /// How long an answer is kept that names a user.
    package var maximumAge = Duration.seconds(30)

    package init(_ cookie: String, id: IssuerID, name: String, claims: ClaimMapping, refused: [ClaimPlace] = []) {
        (self.cookie, self.id, self.name) = (cookie, id, name)
        (self.claims, self.refused) = (claims, refused)
    }

    /// Whether a cookie can have this value (RFC 6265 section 4.1.1, without quotes).
    static func isCookieValue(_ value: RawSpan) -> Bool {
        guard value.byteCount <= maximumValueLength else { return false }
        for offset in 0..<value.byteCount {
            switch value[byte: offset] {
            case UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\\"): return false
            case let byte: guard byte.isVisible else { return false }
            }
        }
        return true
    }

    /// Whom an answer names, and with what; a member without a value counts as absent.
    ///
    /// - Parameter sessionScopes: the scopes of sessions, unless its claims have a place for them.
    func vouch(for claims: ClaimsSet, sessionScopes: [[UInt8]]) throws(ClaimsRefusal) -> VouchedClaims {
        // Before whom it names: somebody else may act as that user.
        guard refused.allSatisfy({ claims.find($0) == nil }) else { throw .memberRefused }
        guard let userID = claims.text(at: self.claims.places.userID), !userID.isEmpty else {
            throw .claims(.userIDMissing)
        }
        let statement = MappedClaims(claims: claims, mapping: self.claims)
        var terms = CredentialTerms(.session, scopes: sessionScopes, client: statement.client)
        if self.claims.places.scopes != nil { terms.scopes = statement.scopes ?? [] }
        terms.contexts = statement.contexts ?? []
        return VouchedClaims(userID: userID, statement: statement, terms: terms, maximumAge: maximumAge, binding: nil)
    }
}
