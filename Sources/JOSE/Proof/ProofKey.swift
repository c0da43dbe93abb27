import Bytes

/// The key of a DPoP proof, ready to verify with by the one algorithm that the proof's header names.
///
/// An object: all proofs of one key have the same header, and who keeps it spares making the key ready again.
package final class ProofKey: Sendable {
    package let algorithm: Algorithm
    /// The JWK thumbprint (RFC 7638).
    package let thumbprint: SHA256Digest
    /// Nil when it is of another kind than the algorithm's keys, or for another algorithm: it verifies nothing then.
    private let key: VerificationKey?

    /// Does the arithmetic that a key costs, so the algorithm is looked at before. Nil when there is no such algorithm, or the
    /// numbers are not those of a key.
    package init?(_ header: ProofHeader) {
        guard let algorithm = header.algorithm else { return nil }
        self.algorithm = algorithm
        thumbprint = header.material.thumbprintDigest
        if algorithm.keyType == header.material.type, header.keyAlgorithm ?? algorithm == algorithm {
            guard let key = try? VerificationKey(header.material, kid: nil, algorithm: algorithm) else { return nil }
            self.key = key
        } else {
            key = nil
        }
    }

    /// Whether the signature is this key's, by the algorithm.
    package func verifies(_ proof: borrowing DPoPProof) -> Bool {
        guard let key, proof.signature.count == key.signatureBytes else { return false }
        return key.verifies(proof.signature.span.bytes, of: proof.signingInput, by: algorithm)
    }
}
