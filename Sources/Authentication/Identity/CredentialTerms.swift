import Bytes
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
    /// Nil: it never ends, or nobody said when.
    var end: CredentialEnd?

    init(_ kind: PresentedKind, scopes: [[UInt8]] = [], client: [UInt8]? = nil) {
        self.kind = kind
        self.scopes = scopes
        self.client = client
    }

    /// What a token's claims state.
    ///
    /// - Parameter end: from when on the token is no longer valid: not before its `exp`.
    init(_ statement: MappedClaims, until end: Timestamp) {
        kind = .token
        issuer = statement.issuer
        audiences = statement.audiences ?? []
        client = statement.client
        scopes = statement.scopes ?? []
        contexts = statement.contexts ?? []
        self.end = CredentialEnd(stated: statement.claims.time(at: ClaimPlace("exp")), accepted: end)
    }
}

/// When a credential ends.
struct CredentialEnd: Hashable, Sendable {
    private let stated: Timestamp
    /// Later, where the clocks of who issued it and ours may be apart.
    private let accepted: Timestamp

    /// - Parameter stated: what the credential says; nil: nothing.
    init(stated: Timestamp?, accepted: Timestamp) {
        self.stated = min(stated ?? accepted, accepted)
        self.accepted = accepted
    }

    init(_ end: Timestamp) { self.init(stated: end, accepted: end) }

    /// The end as a moment sees it: the one that is stated, unless that is over.
    func last(at now: Timestamp) -> Timestamp { now < stated ? stated : accepted }
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
