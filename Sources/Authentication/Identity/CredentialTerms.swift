import JOSE

/// What a valid credential states beside whom it names: what access policies ask for (contract section 15).
struct CredentialTerms: Hashable, Sendable {
    var kind: PresentedKind
    /// Whose token it is; nil: not stated.
    var issuer: [UInt8]?
    var audiences: [[UInt8]] = []
    var client: [UInt8]?
    /// Whether it is bound to a key whose possession was proved.
    var isBound = false
    var scopes: [[UInt8]] = []
    /// The authentication context classes (`acr`).
    var contexts: [[UInt8]] = []

    init(_ kind: PresentedKind, scopes: [[UInt8]] = [], client: [UInt8]? = nil) {
        self.kind = kind
        self.scopes = scopes
        self.client = client
    }

    /// What a token's claims state.
    init(_ statement: MappedClaims) {
        kind = .token
        issuer = statement.issuer
        audiences = statement.audiences ?? []
        client = statement.client
        scopes = statement.scopes ?? []
        contexts = statement.contexts ?? []
    }
}

/// The kinds of credentials that an access policy tells apart.
package enum PresentedKind: String, CaseIterable, Sendable {
    /// A JWT or an opaque token.
    case token
    /// A cookie that names a session.
    case session
    /// A token that this resolver itself knows.
    case apiToken = "api_token"
}
