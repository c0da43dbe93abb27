import JOSE

/// A credential that Authgear is asked about, in place of a store. An object, as a `SessionChain` is.
final class AskedCredential {
    /// Which credential it is, for what is counted.
    let kind: RefusedCredential
    /// What its answer is kept under.
    let key: SHA256Digest
    /// What the answer rests on beside Authgear's word: a JWT's key and expiry.
    let evidence: Evidence
    /// Whom the credential itself names; nil when it names nobody.
    let subject: [UInt8]?

    init(_ kind: RefusedCredential, _ digest: SHA256Digest) {
        self.kind = kind
        key = kind.key(of: digest)
        evidence = Evidence()
        subject = nil
    }

    init(_ grant: VerifiedGrant, _ digest: SHA256Digest) {
        kind = .token
        key = kind.key(of: digest)
        evidence = grant.evidence
        subject = grant.subject
    }
}
