/// Why a valid token is not taken from who sent it: one case per check, in the order in which they run (contract sections 23 and 24).
package enum ProofRefusal: UInt8, CaseIterable, Error, Sendable {
    // The DPoP proof (RFC 9449 section 4.3).

    /// The token came under the scheme `DPoP`, and is bound to no key.
    case proofUnbound
    /// There is no `DPoP` field, or more than one, or one that is a list.
    case proofMissing
    /// It is no proof, or its key is not a public one of a kind and size that tokens may be signed with.
    case proofMalformed
    /// Its `alg` is not one of `dpop.algorithms`.
    case proofAlgorithm
    /// Its `htm` is not the method of the client's request.
    case proofMethod
    /// Its `htu` is not one of `dpop.origins` and the path of the client's request.
    case proofURI
    /// Its `iat` is longer ago than `dpop.max_age`, or lies in the future.
    case proofTime
    /// Its `ath` is not the digest of the token.
    case proofToken
    /// Its key is not the one that the token is bound to.
    case proofKey
    /// It is not signed by its key.
    case proofSignature
    /// It was used before.
    case proofReplayed

    // The client's certificate (RFC 8705 section 3).

    /// The gateway handed on none.
    case certificateMissing
    /// What the gateway handed on is not one certificate.
    case certificateMalformed
    /// It is not the one that the token is bound to.
    case certificateMismatch

    /// The name that metrics give the reason.
    package var reason: StaticString {
        switch self {
        case .proofUnbound: "dpop_unbound"
        case .proofMissing: "dpop_missing"
        case .proofMalformed: "dpop_malformed"
        case .proofAlgorithm: "dpop_algorithm"
        case .proofMethod: "dpop_method"
        case .proofURI: "dpop_uri"
        case .proofTime: "dpop_time"
        case .proofToken: "dpop_token"
        case .proofKey: "dpop_key"
        case .proofSignature: "dpop_signature"
        case .proofReplayed: "dpop_replayed"
        case .certificateMissing: "certificate_missing"
        case .certificateMalformed: "certificate_malformed"
        case .certificateMismatch: "certificate_mismatch"
        }
    }

    /// Whether it is the proof that is wrong, and not what it is for (RFC 9449 section 7.1).
    var isOfProof: Bool {
        switch self {
        case .proofMissing, .proofMalformed, .proofAlgorithm, .proofMethod, .proofURI, .proofTime, .proofSignature,
            .proofReplayed:
            true
        case .proofUnbound, .proofToken, .proofKey, .certificateMissing, .certificateMalformed, .certificateMismatch:
            false
        }
    }
}
