import Bytes

/// What the header of a DPoP proof says (RFC 9449 section 4.2): which key made it, ready to verify with.
///
/// An object: all proofs of one key have the same header, and who keeps it spares making the key ready again.
package final class ProofHeader: Sendable {
    /// Nil for what is no known algorithm.
    package let algorithm: Algorithm?
    /// The JWK thumbprint of the key (RFC 7638).
    package let thumbprint: SHA256Digest
    private let key: VerificationKey

    /// Nil when it is none, or its key can't be used.
    init?(reading text: RawSpan) {
        guard let members = try? Members(reading: text), members.isProof,
            let range = members.key, let key = try? JWK(text.extracting(range)).proofKey()
        else { return nil }
        algorithm = members.algorithm
        thumbprint = key.thumbprint
        self.key = key.key
    }

    /// Whether the signature is that of the header's key, by the header's algorithm.
    package func verifies(_ proof: borrowing DPoPProof) -> Bool {
        guard let algorithm, key.fits(algorithm), proof.signature.count == key.signatureBytes else { return false }
        return key.verifies(proof.signature.span.bytes, of: proof.signingInput, by: algorithm)
    }

    /// The members that are read; the order in which they stand does not matter.
    private struct Members {
        var algorithm: Algorithm?
        var isTyped = false
        var isExtended = false
        var key: Range<Int>?

        var isProof: Bool { isTyped && !isExtended }

        init(reading text: RawSpan) throws(JSONError) {
            var reader = JSONReader(text, duplicateNames: .refused)
            guard try reader.enterObject() else { throw .unexpectedByte }
            var count = 0
            while let name = try reader.nextMember() {
                count += 1
                guard count <= CompactToken.maximumNames else { throw .unexpectedByte }
                switch name {
                case "typ": isTyped = try reader.readString()?.equals("dpop+jwt") ?? false
                case "alg": algorithm = try Algorithm(reading: &reader)
                case "jwk": key = try reader.readRawValue()
                // `b64` is one of the extensions that `crit` has to name (RFC 7797 section 6).
                case "crit", "b64": isExtended = true
                default: break
                }
            }
            try reader.finish()
        }
    }
}
