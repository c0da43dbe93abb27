import Bytes
import JOSE

/// What a server says of a credential that is good.
struct VouchedClaims {
    let userID: [UInt8]
    let statement: MappedClaims
    let terms: CredentialTerms
    /// How long it holds from when it was asked.
    let maximumAge: Duration
    /// From when on the credential is no longer valid; nil: nobody said.
    var expiresAt: Timestamp?
    /// What its sender has to prove; nil: nothing.
    let binding: KeyBinding?

    var identity: Identity {
        Identity(userID: userID, claims: statement.identity, authenticatedAt: statement.authenticatedAt)
    }
}

/// Why a credential is not valid that a server was asked about.
enum ClaimsRefusal: Error, Hashable {
    case inactive
    /// An introspection endpoint calls a JWT another user's than its `sub`.
    case subjectMismatch
    /// A userinfo endpoint names another user than the token.
    case userinfoMismatch
    /// An answer has a member that `refuse_when` names.
    case memberRefused
    /// What a server says of a credential that it calls good does not do.
    case claims(TokenRefusal)
}
