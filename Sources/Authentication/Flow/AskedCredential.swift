import JOSE

/// A credential that Authgear is asked about, in place of a store. An object, as a `SessionChain` is.
final class AskedCredential {
    let credential: Credential
    /// What the answer rests on beside Authgear's word: a JWT's key and expiry.
    let evidence: Evidence
    /// Whom the credential itself names; nil when it names nobody.
    let subject: [UInt8]?

    /// - Parameters:
    ///   - grant: what was verified of a JWT.
    ///   - policy: by which sessions are judged.
    init(_ credential: Credential, grant: VerifiedGrant? = nil, under policy: UInt32) {
        self.credential = credential
        evidence = grant?.evidence(under: policy) ?? Evidence(under: policy)
        subject = grant?.subject
    }

    /// Which credential it is, for what is counted.
    var kind: RefusedCredential { credential.kind }
    /// What its answer is kept under.
    var key: SHA256Digest { credential.key }
}
