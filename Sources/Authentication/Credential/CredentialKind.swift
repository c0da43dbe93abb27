/// The kinds of credentials, in the order in which they are tried: the first that is valid wins.
package enum CredentialKind: UInt8, CaseIterable, Sendable {
    /// The `Authorization` field's bearer token: a JWT or an opaque access token.
    case bearer
    case appSession
    /// A cookie that holds what a bearer token holds.
    case appAccessToken
    case session
}
