import JOSE

/// A key of an issuer, by the beginning of its fingerprint.
struct SignerID: Hashable {
    let issuer: IssuerID
    let fingerprint: UInt64
}

extension SignerID {
    /// The key that verified a token.
    init(_ token: borrowing VerifiedToken) {
        self.init(issuer: token.issuer, fingerprint: token.key.fingerprint.firstWord)
    }
}
