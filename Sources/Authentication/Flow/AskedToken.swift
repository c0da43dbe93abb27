import Bytes
import JOSE

/// A token that an introspection endpoint is asked about. An object, as a `SessionChain` is.
package final class AskedToken: Sendable {
    let credential: Credential
    package let question: IntrospectionQuestion
    /// What a JWT says itself, now that it is verified; nil for an opaque token.
    let statement: MappedClaims?
    /// What the answer rests on beside the endpoint's word: a JWT's key and expiry.
    let evidence: Evidence

    /// An opaque token.
    ///
    /// - Parameter policy: by which answers are written.
    init(_ credential: Credential, asking question: IntrospectionQuestion, under policy: UInt32) {
        self.credential = credential
        self.question = question
        statement = nil
        evidence = Evidence(under: policy)
    }

    /// A JWT that was verified.
    init(
        _ credential: Credential, _ token: borrowing VerifiedToken, asking question: IntrospectionQuestion,
        under policy: UInt32
    ) {
        self.credential = credential
        self.question = question
        statement = token.statement
        evidence = Evidence(token, under: policy)
    }

    var kind: RefusedCredential { credential.kind }
    /// What its answer is kept under, among those of JWTs.
    var key: SHA256Digest { credential.key }
}
