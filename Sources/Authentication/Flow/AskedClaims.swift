import Bytes
import JOSE

/// A credential that a server is asked about, which answers with claims. An object, as a `SessionChain` is.
package final class AskedClaims: Sendable {
    let credential: Credential
    package let question: ClaimsQuestion
    /// What is known to be true of it already: what a JWT says itself, now that it is verified, or what another server said; nil:
    /// nothing.
    let statement: MappedClaims?
    /// What its sender has to prove, as far as that is known already; nil: nothing.
    let binding: KeyBinding?
    /// What the answer rests on beside the server's word: a JWT's key and expiry, another server's word.
    let evidence: Evidence

    init(
        _ credential: Credential, asking question: ClaimsQuestion, knowing statement: MappedClaims?,
        boundTo binding: KeyBinding?, evidence: Evidence
    ) {
        self.credential = credential
        self.question = question
        self.statement = statement
        self.evidence = evidence
        self.binding = binding
    }

    /// An opaque token or a cookie.
    ///
    /// - Parameter policy: by which answers are written.
    convenience init(_ credential: Credential, asking question: ClaimsQuestion, under policy: UInt32) {
        self.init(credential, asking: question, knowing: nil, boundTo: nil, evidence: Evidence(under: policy))
    }

    var kind: RefusedCredential { credential.kind }
    /// What its answer is kept under, among those of JWTs.
    var key: SHA256Digest { credential.key }
}
