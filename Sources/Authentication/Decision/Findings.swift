/// What the credentials tried so far came to, while none of them was valid.
struct Findings: Sendable {
    /// A credential was presented, so the answer is not *none*.
    private(set) var presented = false
    /// A bearer token was presented, so a 401 says `invalid_token` (RFC 6750 section 3.1).
    private(set) var bearerPresented = false
    /// A `session` cookie was presented.
    private(set) var sessionPresented = false
    /// The first reason why one could not be checked, so the answer is not *invalid*.
    private(set) var unknown: UnknownReason?

    mutating func present(_ kind: CredentialKind) {
        presented = true
        if kind == .bearer { bearerPresented = true }
        if kind == .session { sessionPresented = true }
    }

    mutating func couldNotCheck(_ reason: UnknownReason) {
        unknown = unknown ?? reason
    }
}
