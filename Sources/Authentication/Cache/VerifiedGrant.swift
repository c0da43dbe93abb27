import Bytes
import JOSE

/// A token that was verified, as far as its session needs it.
struct VerifiedGrant {
    /// The access grant that the token names by its `jti`.
    let hash: [UInt8]
    /// Whom the token names.
    let subject: [UInt8]
    /// The key that verified it.
    let signer: SignerID
    /// From when on it is no longer valid.
    let expiresAt: Timestamp

    /// Nil when it does not end with a session.
    init?(_ token: borrowing VerifiedToken) {
        guard let hash = token.grantHash else { return nil }
        self.hash = hash
        subject = token.subject
        signer = SignerID(token)
        expiresAt = token.expiresAt
    }

    func evidence(under policy: UInt32) -> Evidence { Evidence(signer: signer, until: expiresAt, under: policy) }
}
