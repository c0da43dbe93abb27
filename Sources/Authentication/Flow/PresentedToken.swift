import JOSE

/// A token that somebody sent, as far as its proof is concerned.
struct PresentedToken: Sendable {
    /// Of the token.
    let digest: SHA256Digest
    /// What it is called where refusals are counted.
    let kind: RefusedCredential
    /// Whether it came under the scheme `DPoP`.
    let isDPoP: Bool
}

/// Why a token's sender did not prove that he has its keys.
enum ProofFailure: Error {
    case refused(ProofRefusal)
    /// The token is bound in a way that was not to be proved as it was sent.
    case unchecked
    /// There is no room to remember another proof.
    case memoryFull
}

extension PresentedToken {
    init(_ credential: Credential, isDPoP: Bool) {
        self.init(digest: credential.digest, kind: credential.kind, isDPoP: isDPoP)
    }
}

extension Flow {
    /// The credential that it decides on.
    func presented(isDPoP: Bool) -> PresentedToken {
        switch self {
        case .token(let token): PresentedToken(digest: token.digest, kind: .token, isDPoP: isDPoP)
        case .records(let chain): PresentedToken(chain.credential, isDPoP: isDPoP)
        case .question(let asked): PresentedToken(asked.credential, isDPoP: isDPoP)
        case .claims(let asked): PresentedToken(asked.credential, isDPoP: isDPoP)
        }
    }
}
