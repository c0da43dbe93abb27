import Bytes

/// What the header of a DPoP proof says (RFC 9449 section 4.2). Its key is a public one of a kind and size that are allowed; no
/// arithmetic was done with it, as the header may name an algorithm that nobody takes.
package struct ProofHeader: Sendable {
    /// Nil for what is no known algorithm.
    package let algorithm: Algorithm?
    /// Canonical.
    let material: PublicKeyMaterial
    /// `alg` of the key itself: the one that it is for; nil when it doesn't say.
    let keyAlgorithm: Algorithm?

    /// Nil when it is none, or its key is none of those that can be used.
    init?(reading text: RawSpan) {
        guard let members = try? Members(reading: text), members.isProof,
            let range = members.key, let key = try? JWK(text.extracting(range)).proofKey()
        else { return nil }
        algorithm = members.algorithm
        (material, keyAlgorithm) = (key.material, key.algorithm)
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
